import { booleanParameter, count, defineRoute, id, instant, listOf, listQuery } from '@reprieve/http-kit'
import { z } from 'zod'
import { NOTICE_KINDS } from '../../domain/notice-kind.js'

const notification = z
  .object({
    id: id(),
    kind: z.enum(NOTICE_KINDS),
    exceptionId: id().nullable().meta({ description: 'Null for what is not told of an exception.' }),
    webhookId: id().nullable(),
    title: z.string().meta({ description: 'What happened, in one line.' }),
    at: z.iso.datetime().meta({ description: 'When it happened.' }),
    readAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Notification' })

export const listNotifications = defineRoute({
  method: 'GET',
  path: '/me/notifications',
  operation: 'listMyNotifications',
  summary: 'What the caller has been told of, newest first',
  description: 'Kinds that the caller has switched off in the product are left out; old ones are not kept.',
  tag: 'Notifications',
  access: 'signed-in',
  query: listQuery({
    sorts: ['at'],
    defaultSort: '-at',
    filters: {
      unread: booleanParameter().optional().describe('Only those that are not read yet, or only those that are.'),
      kind: z.array(z.enum(NOTICE_KINDS)).max(NOTICE_KINDS.length).optional(),
      exceptionId: z.array(id()).max(50).optional(),
    },
  }),
  answers: {
    200: listOf(notification).extend({
      unread: count().meta({ description: 'How many of all of them are not read yet, whatever is asked for here.' }),
    }),
  },
  problems: ['NOT_ALLOWED'],
})

export const markNotifications = defineRoute({
  method: 'PATCH',
  path: '/me/notifications',
  operation: 'markMyNotifications',
  summary: 'Marks notifications of the caller as read or unread',
  description:
    'Those named by `ids`, or all; with `until` only those that were there at that time, so that nothing is marked which the caller has not seen. Ids of others are passed over. Doing it again changes nothing, so no `If-Match` is asked for.',
  tag: 'Notifications',
  access: 'signed-in',
  body: z.strictObject({
    read: z.boolean(),
    ids: z.array(id()).min(1).max(200).optional(),
    until: instant().optional(),
  }),
  answers: { 200: z.object({ changed: z.int().min(0), unread: count() }) },
  problems: ['NOT_ALLOWED'],
})
