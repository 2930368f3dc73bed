import { booleanParameter, defineRoute, id, listOf, listQuery } from '@reprieve/http-kit'
import { z } from 'zod'
import { NOTICE_KINDS } from '../../domain/notice-kind.js'

const notification = z.object({
  id: id(),
  kind: z.enum(NOTICE_KINDS),
  exceptionId: id(),
  title: z.string().meta({ description: 'What happened, in one line.' }),
  at: z.iso.datetime().meta({ description: 'When it happened.' }),
  readAt: z.iso.datetime().nullable(),
})

export const listNotifications = defineRoute({
  method: 'GET',
  path: '/me/notifications',
  operation: 'listMyNotifications',
  summary: 'What the caller has been told of, newest first',
  tag: 'Notifications',
  access: 'signed-in',
  query: listQuery({
    sorts: ['at'],
    defaultSort: '-at',
    filters: {
      unread: booleanParameter().optional().describe('Only those that are not read yet, or only those that are.'),
    },
  }),
  answers: { 200: listOf(notification) },
  problems: ['NOT_ALLOWED'],
})

export const markNotifications = defineRoute({
  method: 'PATCH',
  path: '/me/notifications',
  operation: 'markMyNotifications',
  summary: 'Marks notifications of the caller as read or unread',
  description:
    'Those named by `ids`, or all. Ids of others are passed over. Doing it again changes nothing, so no `If-Match` is asked for.',
  tag: 'Notifications',
  access: 'signed-in',
  body: z.strictObject({ read: z.boolean(), ids: z.array(id()).min(1).max(200).optional() }),
  answers: { 200: z.object({ changed: z.int().min(0) }) },
  problems: ['NOT_ALLOWED'],
})
