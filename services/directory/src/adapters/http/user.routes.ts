import { booleanParameter, defineRoute, id, listOf, listQuery, nameText, text } from '@reprieve/http-kit'
import { z } from 'zod'

export const roleName = () => text(64)
export const email = () => z.email().max(254)
/** Bounded here; what makes one good enough is the installation's to say. */
export const password = () => z.string().min(1).max(1_000)

const kind = () => z.enum(['person', 'service'])

export const userAnswer = z
  .object({
    id: id(),
    email: z.string().nullable().meta({ description: 'Null for a service user without one.' }),
    name: z.string(),
    role: z.string(),
    active: z.boolean(),
    kind: kind(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'User' })

const userParams = z.object({ id: id() })

export const listUsers = defineRoute({
  method: 'GET',
  path: '/users',
  operation: 'listUsers',
  summary: 'Users',
  tag: 'People',
  access: ['users.manage', 'audit.read'],
  query: listQuery({
    sorts: ['name', 'email', 'role', 'createdAt'],
    defaultSort: 'name',
    filters: {
      role: z.array(roleName()).max(50).optional(),
      kind: z.array(kind()).max(2).optional(),
      active: booleanParameter().optional(),
      group: id().optional().meta({ description: 'Members of this group.' }),
      text: text(200).optional().meta({ description: 'Part of the name or address, in any case.' }),
    },
  }),
  answers: { 200: listOf(userAnswer) },
})

export const createUser = defineRoute({
  method: 'POST',
  path: '/users',
  operation: 'createUser',
  summary: 'Add a person or a service user',
  description:
    'A person signs in with address and password; a service user has neither password nor session, only access tokens.',
  tag: 'People',
  access: 'users.manage',
  body: z
    .strictObject({
      email: email().optional(),
      name: nameText(),
      role: roleName(),
      kind: kind().default('person'),
      active: z.boolean().default(true),
      password: password().optional(),
    })
    .superRefine((user, context) => {
      const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
      if (user.kind === 'person') {
        if (user.email === undefined) fault('email', 'A person needs an address to sign in with.')
        if (user.password === undefined) fault('password', 'A person needs a password to sign in with.')
      } else if (user.password !== undefined)
        fault('password', 'A service user signs in with tokens, not with a password.')
    }),
  answers: { 201: userAnswer },
  problems: ['EMAIL_TAKEN', 'ROLE_UNKNOWN', 'NOT_ALLOWED'],
})

export const getUser = defineRoute({
  method: 'GET',
  path: '/users/{id}',
  operation: 'getUser',
  summary: 'One user',
  tag: 'People',
  access: ['users.manage', 'audit.read'],
  params: userParams,
  answers: { 200: userAnswer },
})

export const changeUser = defineRoute({
  method: 'PATCH',
  path: '/users/{id}',
  operation: 'changeUser',
  summary: 'Change or deactivate a user',
  description:
    'What is given is set. A new password or a deactivation ends the user’s sessions. The last active administrator stays one.',
  tag: 'People',
  access: 'users.manage',
  params: userParams,
  body: z.strictObject({
    email: email().optional(),
    name: nameText().optional(),
    role: roleName().optional(),
    active: z.boolean().optional(),
    password: password().optional(),
  }),
  answers: { 200: userAnswer },
  ifMatch: true,
  problems: ['EMAIL_TAKEN', 'ROLE_UNKNOWN', 'LAST_ADMIN', 'NOT_ALLOWED'],
})
