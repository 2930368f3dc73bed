import { defineRoute, listOf } from '@reprieve/http-kit'
import { z } from 'zod'
import { FEEDS } from '../../domain/feeds/feed.js'

const instant = () => z.iso.datetime()

const takeView = z
  .object({
    id: z.uuid(),
    feed: z.enum(FEEDS),
    cause: z.enum(['schedule', 'request']),
    status: z.enum(['reading', 'merging', 'settling', 'done', 'failed']).meta({
      description:
        '`reading`: its documents are read aside, nothing has changed. `merging`, `settling`: what it says becomes what is known, vulnerability by vulnerability. `failed`: nothing has changed.',
    }),
    startedAt: instant(),
    finishedAt: instant().nullable(),
    documents: z.array(z.string()).meta({ description: 'Read whole so far.' }),
    dated: instant().nullable().meta({ description: 'The date that it gives itself.' }),
    entries: z.int(),
    changed: z.int().meta({ description: 'Vulnerabilities whose values are others now.' }),
    rematched: z.int().meta({
      description:
        'Those of them whose value has crossed one that a query in use compares it with: only their instances are matched again.',
    }),
    failure: z
      .object({
        code: z.string(),
        detail: z.string().meta({ description: 'Which document is broken, where and how.' }),
      })
      .nullable(),
  })
  .meta({ id: 'FeedTake' })

const tag = 'Operations'

export const listFeeds = defineRoute({
  method: 'GET',
  path: '/feeds',
  operation: 'listFeeds',
  summary: 'What is known from the feeds of vulnerability data, and how taking them went last',
  tag,
  access: 'operations.manage',
  answers: {
    200: listOf(
      z.object({
        name: z.enum(FEEDS),
        configured: z.boolean(),
        taken: z
          .object({ at: instant(), dated: instant(), entries: z.int() })
          .nullable()
          .meta({ description: 'What is in use; null until it was taken for the first time.' }),
        lastTake: takeView.nullable(),
      }),
    ),
  },
})

export const takeFeed = defineRoute({
  method: 'POST',
  path: '/feeds/{name}/takes',
  operation: 'takeFeed',
  summary: 'Take a feed now',
  description: 'One goes on at a time for each feed: while one does, it is answered.',
  tag,
  access: 'operations.manage',
  params: z.object({ name: z.enum(FEEDS) }),
  body: z.strictObject({}),
  answers: { 202: takeView },
  problems: ['FEED_NOT_CONFIGURED'],
})
