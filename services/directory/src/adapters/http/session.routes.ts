import { PERMISSIONS } from '@reprieve/auth'
import { defineRoute, id } from '@reprieve/http-kit'
import { z } from 'zod'
import { password } from './user.routes.js'

export const signIn = defineRoute({
  method: 'POST',
  path: '/session',
  operation: 'signIn',
  summary: 'Sign in',
  description:
    'Answers a token for `Authorization: Bearer …` and sets it as a cookie for the browser. Whatever is wrong, the refusal is the same.',
  tag: 'Session',
  access: 'public',
  body: z.strictObject({
    // Not checked for its form: a wrong address is refused as any other.
    email: z.string().min(1).max(320),
    password: password(),
  }),
  answers: {
    200: z
      .object({
        accessToken: z.string(),
        expiresAt: z.iso.datetime(),
        user: z.object({ id: id(), name: z.string(), role: z.string() }),
      })
      .meta({ id: 'Session' }),
  },
  problems: ['SIGN_IN_FAILED', 'TOO_MANY_REQUESTS'],
})

export const signOut = defineRoute({
  method: 'DELETE',
  path: '/session',
  operation: 'signOut',
  summary: 'Sign out',
  description: 'The session counts for nothing any more, everywhere within about a second.',
  tag: 'Session',
  access: 'signed-in',
  answers: { 204: null },
  problems: ['CONFLICT'],
})

export const noteSessionUse = defineRoute({
  method: 'PUT',
  path: '/session/last-use',
  operation: 'noteSessionUse',
  summary: 'Say that the session is in use',
  description:
    'A session that is not used for a while ends by itself. Every request to the API counts as use; this is for whoever makes none and is still there. For an access token it does nothing.',
  tag: 'Session',
  access: 'signed-in',
  answers: { 204: null },
})

export const getMe = defineRoute({
  method: 'GET',
  path: '/me',
  operation: 'getMe',
  summary: 'Who is signed in, and what they may do',
  tag: 'Session',
  access: 'signed-in',
  answers: {
    200: z
      .object({
        id: id(),
        email: z.string().nullable(),
        name: z.string(),
        role: z.string(),
        kind: z.enum(['person', 'service']),
        permissions: z
          .array(z.enum(PERMISSIONS))
          .meta({ description: 'Of the role, narrowed to the token’s where it has its own.' }),
      })
      .meta({ id: 'Me' }),
  },
})

export const changeOwnPassword = defineRoute({
  method: 'PUT',
  path: '/me/password',
  operation: 'changeOwnPassword',
  summary: 'Take a new password',
  description: 'Ends all other sessions.',
  tag: 'Session',
  access: 'signed-in',
  body: z.strictObject({ currentPassword: password(), newPassword: password() }),
  answers: { 204: null },
  problems: ['NOT_ALLOWED', 'SIGN_IN_FAILED', 'TOO_MANY_REQUESTS'],
})
