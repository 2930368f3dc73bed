import { defineRoute, id, listOf, listQuery, nameText, text } from '@reprieve/http-kit'
import { z } from 'zod'
import { MOST_MEMBERS } from '../../domain/group.js'

const members = () => z.array(id()).max(MOST_MEMBERS)

export const groupAnswer = z
  .object({ id: id(), name: z.string(), members: z.array(id()), createdAt: z.iso.datetime() })
  .meta({ id: 'Group' })

const groupParams = z.object({ id: id() })

export const listGroups = defineRoute({
  method: 'GET',
  path: '/groups',
  operation: 'listGroups',
  summary: 'Groups with their members',
  tag: 'People',
  access: ['users.manage', 'audit.read'],
  query: listQuery({
    sorts: ['name', 'createdAt'],
    defaultSort: 'name',
    filters: {
      member: id().optional().meta({ description: 'Groups that this user is a member of.' }),
      text: text(200).optional().meta({ description: 'Part of the name, in any case.' }),
    },
  }),
  answers: { 200: listOf(groupAnswer) },
})

export const createGroup = defineRoute({
  method: 'POST',
  path: '/groups',
  operation: 'createGroup',
  summary: 'Make a group',
  tag: 'People',
  access: 'users.manage',
  body: z.strictObject({ name: nameText(), members: members().default([]) }),
  answers: { 201: groupAnswer },
  problems: ['NAME_TAKEN', 'USER_UNKNOWN'],
})

export const getGroup = defineRoute({
  method: 'GET',
  path: '/groups/{id}',
  operation: 'getGroup',
  summary: 'One group',
  tag: 'People',
  access: ['users.manage', 'audit.read'],
  params: groupParams,
  answers: { 200: groupAnswer },
})

export const changeGroup = defineRoute({
  method: 'PATCH',
  path: '/groups/{id}',
  operation: 'changeGroup',
  summary: 'Rename a group or replace its members',
  tag: 'People',
  access: 'users.manage',
  params: groupParams,
  body: z.strictObject({ name: nameText().optional(), members: members().optional() }),
  answers: { 200: groupAnswer },
  ifMatch: true,
  problems: ['NAME_TAKEN', 'USER_UNKNOWN'],
})
