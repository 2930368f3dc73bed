import { PERMISSIONS } from '@reprieve/auth'
import { defineRoute, listOf, listQuery, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { roleName } from './user.routes.js'

export const permissions = () =>
  z
    .array(z.enum(PERMISSIONS))
    .max(PERMISSIONS.length * 2)
    .meta({ description: 'Each counts once; the order says nothing.' })

const newRoleName = () =>
  roleName().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, 'Must be letters, digits, spaces, dots, dashes and underscores.')

export const roleAnswer = z
  .object({
    name: z.string(),
    permissions: z.array(z.enum(PERMISSIONS)),
    builtIn: z.boolean().meta({ description: 'Built-in roles cannot be changed.' }),
  })
  .meta({ id: 'Role' })

const roleParams = z.object({ name: roleName() })

export const listRoles = defineRoute({
  method: 'GET',
  path: '/roles',
  operation: 'listRoles',
  summary: 'Roles and what they allow',
  tag: 'People',
  access: ['users.manage', 'audit.read'],
  query: listQuery({
    sorts: ['name'],
    defaultSort: 'name',
    filters: { text: text(200).optional().meta({ description: 'Part of the name, in any case.' }) },
  }),
  answers: { 200: listOf(roleAnswer) },
})

export const createRole = defineRoute({
  method: 'POST',
  path: '/roles',
  operation: 'createRole',
  summary: 'Make a role',
  tag: 'People',
  access: 'users.manage',
  body: z.strictObject({ name: newRoleName(), permissions: permissions() }),
  answers: { 201: roleAnswer },
  problems: ['NAME_TAKEN', 'NOT_ALLOWED'],
})

export const getRole = defineRoute({
  method: 'GET',
  path: '/roles/{name}',
  operation: 'getRole',
  summary: 'One role',
  tag: 'People',
  access: ['users.manage', 'audit.read'],
  params: roleParams,
  answers: { 200: roleAnswer },
})

export const changeRole = defineRoute({
  method: 'PATCH',
  path: '/roles/{name}',
  operation: 'changeRole',
  summary: 'Change what a role allows',
  description: 'Takes effect for everybody who has the role. Its name stays: rules and users refer to it.',
  tag: 'People',
  access: 'users.manage',
  params: roleParams,
  body: z.strictObject({ permissions: permissions() }),
  answers: { 200: roleAnswer },
  // A built-in role can never be changed: that is said first.
  ifMatch: 'checked',
  problems: ['ROLE_IS_BUILT_IN', 'NOT_ALLOWED'],
})
