import { PERMISSIONS } from '@reprieve/auth'
import { defineRoute, id, instant, listOf, listQuery, nameText } from '@reprieve/http-kit'
import { z } from 'zod'
import { permissions } from './role.routes.js'

const tokenAnswer = z
  .object({
    id: id(),
    name: z.string(),
    userId: id(),
    permissions: z.array(z.enum(PERMISSIONS)).nullable().meta({ description: 'Null: all that the owner may do.' }),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Token' })

export const listTokens = defineRoute({
  method: 'GET',
  path: '/tokens',
  operation: 'listTokens',
  summary: 'Access tokens: one’s own, or a user’s',
  description: 'The tokens themselves are not kept. Those of others need the permission users.manage.',
  tag: 'Session',
  access: 'signed-in',
  query: listQuery({
    sorts: ['createdAt', 'expiresAt', 'name'],
    defaultSort: '-createdAt',
    filters: { userId: id().optional().meta({ description: 'Default: the caller.' }) },
  }),
  answers: { 200: listOf(tokenAnswer) },
  problems: ['NOT_ALLOWED'],
})

export const createToken = defineRoute({
  method: 'POST',
  path: '/tokens',
  operation: 'createToken',
  summary: 'Make an access token, for oneself or for a service user',
  description:
    'The token is shown in this answer only. It can be narrowed to some permissions, and never allows more than its owner and its maker may do. Tokens of service users need the permission users.manage.',
  tag: 'Session',
  access: 'signed-in',
  body: z.strictObject({
    name: nameText(),
    expiresAt: instant().meta({ description: 'At most 366 days from now.' }),
    permissions: permissions().optional(),
    userId: id().optional().meta({ description: 'A service user. Default: the caller.' }),
  }),
  answers: {
    201: tokenAnswer.extend({
      token: z
        .string()
        .nullable()
        .meta({ description: 'Null in the repeated answer to an Idempotency-Key: it is kept nowhere.' }),
    }),
  },
  problems: ['NOT_ALLOWED', 'USER_UNKNOWN'],
})

export const revokeToken = defineRoute({
  method: 'DELETE',
  path: '/tokens/{id}',
  operation: 'revokeToken',
  summary: 'Revoke an access token',
  description: 'It counts for nothing any more, everywhere within about a second.',
  tag: 'Session',
  access: 'signed-in',
  params: z.object({ id: id() }),
  answers: { 204: null },
})
