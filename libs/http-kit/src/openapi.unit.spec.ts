import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { booleanParameter, id, text } from './fields.js'
import { listOf, listQuery } from './list-query.js'
import { openApiDocument } from './openapi.js'
import { defineRoute, type RouteSpec } from './route.js'

const info = { title: 'Test', version: '1', base: '/api/v1' }

const thing = z.object({ id: id(), name: text(10) }).meta({ id: 'TestThing' })

const routes: RouteSpec[] = [
  defineRoute({
    method: 'GET',
    path: '/things',
    operation: 'listThings',
    summary: 'Things',
    tag: 'Things',
    access: ['rules.manage', 'audit.read'],
    query: listQuery({
      sorts: ['name'],
      defaultSort: '-name',
      filters: { name: z.array(text(10)).optional(), old: booleanParameter().optional() },
    }),
    answers: { 200: listOf(thing) },
  }),
  defineRoute({
    method: 'PUT',
    path: '/things/{id}',
    operation: 'replaceThing',
    summary: 'Change a thing',
    tag: 'Things',
    access: 'rules.manage',
    params: z.object({ id: id() }),
    body: z.object({ name: text(10) }),
    answers: { 200: thing },
    problems: ['NAME_TAKEN'],
    ifMatch: true,
  }),
  defineRoute({
    method: 'POST',
    path: '/files',
    operation: 'upload',
    summary: 'Upload',
    tag: 'Files',
    access: 'public',
    body: { raw: true, accepts: ['application/x-ndjson'], maxBytes: 7 },
    answers: { 204: null },
  }),
  defineRoute({
    method: 'GET',
    path: '/files',
    operation: 'download',
    summary: 'Download',
    tag: 'Files',
    access: 'signed-in',
    answers: { 200: null },
    streams: { 200: ['application/octet-stream'] },
  }),
]

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: Record<string, unknown>
}
interface Operation {
  parameters: Parameter[]
  responses: Record<string, { $ref?: string; description?: string }>
  requestBody?: { required: boolean; content: Record<string, unknown> }
  security: object[]
}

const document = openApiDocument(routes, info)
const operation = (path: string, method: string) => document.paths[path]?.[method] as unknown as Operation

describe('the document', () => {
  it('is the same whatever the order of the routes', () => {
    expect(JSON.stringify(openApiDocument(routes.toReversed(), info))).toBe(JSON.stringify(document))
  })

  it('refuses two routes of one name, or of one address', () => {
    const [first, second] = routes as [RouteSpec, RouteSpec]
    expect(() => openApiDocument([first, { ...second, operation: 'listThings' }], info)).toThrow('operation listThings')
    const same = { ...second, operation: 'other', path: '/things/{other}', params: z.object({ other: id() }) }
    expect(() => openApiDocument([second, same], info)).toThrow('PUT /things/{}')
  })

  it('tells in which media types an answer is streamed', () => {
    const { responses } = operation('/files', 'get') as unknown as {
      responses: Record<string, { content: Record<string, unknown> }>
    }
    expect(Object.keys(responses['200']?.content ?? {})).toEqual(['application/octet-stream'])
  })

  it('says who may call', () => {
    expect(operation('/files', 'post').security).toEqual([])
    expect(operation('/things', 'get')).toMatchObject({
      security: [{ token: [] }, { session: [] }],
      'x-permissions': ['rules.manage', 'audit.read'],
      description: 'Needs `rules.manage` or `audit.read`.',
    })
  })

  it('tells parameters as clients send them', () => {
    const { parameters } = operation('/things', 'get')
    const byName = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter]))
    expect(Object.keys(byName).sort()).toEqual(['cursor', 'limit', 'name', 'old', 'sort'])
    expect(byName['limit']?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
    expect(byName['limit']?.schema).not.toHaveProperty('pattern')
    expect(byName['sort']?.schema).toMatchObject({ type: 'string', default: '-name' })
    expect(byName['name']?.schema).toMatchObject({ type: 'array', items: { type: 'string' } })
    expect(byName['old']?.schema).toEqual({ type: 'boolean' })
    expect(parameters.some(({ required }) => required === true)).toBe(false)
  })

  it('tells headers that matter', () => {
    const { parameters } = operation('/things/{id}', 'put')
    expect(parameters.map(({ name, in: where, required }) => [name, where, required ?? false])).toEqual([
      ['id', 'path', true],
      ['if-match', 'header', true],
      ['idempotency-key', 'header', false],
    ])
  })

  it('tells by status which codes a route refuses with', () => {
    const codes = Object.entries(operation('/things/{id}', 'put').responses).flatMap(([status, { $ref }]) => {
      const name = $ref?.replace('#/components/responses/', '') ?? ''
      const shared = document.components?.['responses']?.[name] as { description: string } | undefined
      return [...(shared?.description.matchAll(/`([A-Z_]+)`/g) ?? [])].map(([, code]) => `${status} ${code}`)
    })
    expect(codes).toEqual([
      '400 MALFORMED',
      '401 UNAUTHENTICATED',
      '403 CROSS_ORIGIN',
      '403 NOT_PERMITTED',
      '404 NOT_FOUND',
      '409 NAME_TAKEN',
      '412 PRECONDITION_FAILED',
      '413 PAYLOAD_TOO_LARGE',
      '415 UNSUPPORTED_MEDIA_TYPE',
      '422 IDEMPOTENCY_KEY_REUSED',
      '422 INVALID',
      '428 PRECONDITION_REQUIRED',
      '429 TOO_MANY_REQUESTS',
      '503 TRY_AGAIN',
      '504 OUTCOME_UNKNOWN',
    ])
    expect(Object.keys(operation('/things', 'get').responses)).toEqual(['200', '400', '401', '403', '429', '503'])
  })

  it('tells bodies, streamed ones by their types', () => {
    expect(operation('/files', 'post').requestBody).toMatchObject({
      required: true,
      content: { 'application/x-ndjson': {} },
    })
    expect(operation('/files', 'post').responses['204']).toEqual({ description: 'Done.' })
    expect(document.components?.['schemas']).toHaveProperty('TestThing')
  })
})
