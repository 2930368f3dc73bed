import {
  booleanParameter,
  count,
  defineRoute,
  id,
  listOf,
  listQuery,
  nameText,
  optionalText,
  personName,
  TEXT_LIMITS,
  text,
} from '@reprieve/http-kit'
import { z } from 'zod'
import { severities } from '../../domain/identity/index.js'
import { QUERY_SORTS } from '../postgres/saved-query.repository.js'
import { instanceView } from './instance.view.js'

const tag = 'Queries'
const params = z.object({ id: id() })

const field = z.object({
  name: z.string(),
  type: z.enum(['string', 'list of string', 'double', 'int', 'bool', 'timestamp']),
  description: z.string(),
  values: z.array(z.string()).optional().meta({ description: 'All it can have, where they are few and fixed.' }),
})

export const listFields = defineRoute({
  method: 'GET',
  path: '/fields',
  operation: 'listFields',
  summary: 'The fields a query can use',
  tag,
  access: 'signed-in',
  answers: { 200: listOf(field) },
})

export const queryView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    folder: z.string(),
    expression: z.string(),
    managed: z.boolean().meta({ description: 'The copy an exception was granted for: nobody can change it.' }),
    owner: personName(),
    exceptionId: z.uuid().optional(),
    version: z.int(),
  })
  .meta({ id: 'Query' })

const folder = () => optionalText(TEXT_LIMITS.name)
// Not trimmed: its lines and columns are those of the text that was sent.
const expression = () => z.string().min(1).max(TEXT_LIMITS.query)

export const listQueries = defineRoute({
  method: 'GET',
  path: '/queries',
  operation: 'listQueries',
  summary: 'Saved and managed queries',
  tag,
  access: 'instances.read',
  query: listQuery({
    sorts: QUERY_SORTS,
    defaultSort: 'name',
    filters: {
      folder: z.array(folder()).max(100).optional().meta({ description: 'In one of these folders.' }),
      managed: booleanParameter().optional(),
      text: z
        .array(text(TEXT_LIMITS.name))
        .max(20)
        .optional()
        .meta({ description: 'A part of the name, in any case.' }),
    },
  }),
  answers: { 200: listOf(queryView) },
})

export const createQuery = defineRoute({
  method: 'POST',
  path: '/queries',
  operation: 'createQuery',
  summary: 'Save a query',
  tag,
  access: 'queries.write',
  body: z.strictObject({ name: nameText(), folder: folder().default(''), expression: expression() }),
  answers: { 201: queryView },
  problems: ['QUERY_INVALID', 'FOLDER_RESERVED'],
})

export const readQuery = defineRoute({
  method: 'GET',
  path: '/queries/{id}',
  operation: 'readQuery',
  summary: 'One query',
  tag,
  access: 'instances.read',
  params,
  answers: { 200: queryView },
})

export const editQuery = defineRoute({
  method: 'PATCH',
  path: '/queries/{id}',
  operation: 'editQuery',
  summary: 'Change a saved query',
  description: 'Its owner or an administrator can. Exceptions that were granted for it keep their copies.',
  tag,
  access: 'queries.write',
  params,
  body: z.strictObject({
    name: nameText().optional(),
    folder: folder().optional(),
    expression: expression().optional(),
  }),
  answers: { 200: queryView },
  problems: ['QUERY_IS_MANAGED', 'QUERY_INVALID', 'FOLDER_RESERVED', 'NOT_ALLOWED'],
  ifMatch: 'checked',
})

export const deleteQuery = defineRoute({
  method: 'DELETE',
  path: '/queries/{id}',
  operation: 'deleteQuery',
  summary: 'Delete a saved query',
  tag,
  access: 'queries.write',
  params,
  answers: { 204: null },
  problems: ['QUERY_IS_MANAGED', 'NOT_ALLOWED'],
})

export const previewQuery = defineRoute({
  method: 'POST',
  path: '/queries/preview',
  operation: 'previewQuery',
  summary: 'What a query selects now',
  description:
    'Of open instances, counted to the last one. While the inventory is not in memory (just after a start, say), all numbers beyond ten thousand are those of the first ten thousand, and not exact.',
  tag,
  access: 'instances.read',
  body: z.strictObject({ expression: expression() }),
  answers: {
    200: z.object({
      count: count(),
      bySeverity: z.object(Object.fromEntries(severities.map((severity) => [severity, count()]))),
      kev: count().meta({ description: 'Of them, known to be exploited.' }),
      assets: count().meta({ description: 'On so many assets.' }),
      owners: count().meta({ description: 'Of so many owners.' }),
      topOwners: z.array(z.object({ owner: z.string(), count: count() })),
      overlaps: z
        .array(z.object({ exceptionId: z.uuid(), name: z.string(), status: z.string(), count: count() }))
        .meta({ description: 'Other exceptions, pending or in force, that select some of them.' }),
      sample: z.array(instanceView).meta({ description: 'Some of them, the worst first.' }),
    }),
  },
  problems: ['QUERY_INVALID'],
})
