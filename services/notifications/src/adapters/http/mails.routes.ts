import { defineRoute, id, instant, listOf, listQuery, personName } from '@reprieve/http-kit'
import { z } from 'zod'
import { NOTICE_KINDS } from '../../domain/notice-kind.js'

const status = () => z.enum(['waiting', 'sending', 'sent', 'refused', 'given_up', 'dropped'])

export const listMails = defineRoute({
  method: 'GET',
  path: '/mails',
  operation: 'listMails',
  summary: 'Every mail, and what came of it',
  description:
    'How often each was tried, what went wrong, when it was sent and what the mail server answered. Of old ones nothing is kept.',
  tag: 'Mail',
  access: 'operations.manage',
  query: listQuery({
    sorts: ['createdAt'],
    defaultSort: '-createdAt',
    filters: {
      status: z.array(status()).max(6).optional(),
      recipientId: z.array(id()).max(50).optional(),
      exceptionId: z.array(id()).max(50).optional(),
      kind: z.array(z.enum(NOTICE_KINDS)).max(NOTICE_KINDS.length).optional(),
      createdAfter: instant().optional(),
    },
  }),
  answers: {
    200: listOf(
      z
        .object({
          id: id().meta({ description: 'The part of its `Message-ID` before the @.' }),
          recipient: personName(),
          digest: z.boolean().meta({ description: 'A day’s mail.' }),
          notices: z
            .array(z.object({ kind: z.enum(NOTICE_KINDS), exceptionId: id().nullable() }))
            .meta({ description: 'What it tells, at most 50 of them.' }),
          status: status().meta({
            description:
              '`refused`: the mail server takes it never. `given_up`: for days it did not. `dropped`: its recipient can receive no mail, or wants none of this kind; `lastError` says which.',
          }),
          attempts: z.int().min(0),
          createdAt: z.iso.datetime(),
          dueAt: z.iso.datetime(),
          finishedAt: z.iso.datetime().nullable(),
          lastError: z.string().nullable(),
          receipt: z.string().nullable().meta({ description: 'What the mail server answered when it took it.' }),
        })
        .meta({ id: 'Mail' }),
    ),
  },
})
