import { once } from 'node:events'
import { connect } from 'node:net'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHttpAdapter, prepareHttp } from '../src/index.js'
import { problemOf } from './support/problem.js'
import { type Shelf, startShelf } from './support/shelf.js'

let shelf: Shelf
beforeAll(async () => {
  shelf = await startShelf()
})
afterAll(async () => {
  await shelf.close()
})
beforeEach(() => {
  shelf.logged.length = 0
})

const right = { title: 'Moby Dick', shelf: 'north', price: 12.5 }
const json = { 'content-type': 'application/json' }
const NOWHERE = '019b0000-0000-7000-8000-000000000000'

const made = async (): Promise<{ id: string }> =>
  (await (await shelf.call('POST', '/books', { body: right })).json()) as { id: string }

describe('a handler', () => {
  it('gets what its route declares, and answers with status, body and headers', async () => {
    const response = await shelf.call('POST', '/books', { body: right })
    expect(response.status).toBe(201)
    const book = (await response.json()) as { id: string }
    expect(book).toMatchObject({ ...right, version: 1 })
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.headers.get('location')).toBe(`/books/${book.id}`)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('answers nothing where its route declares nothing', async () => {
    const response = await shelf.call('DELETE', '/hello')
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
  })

  it('needs no body where every member is optional', async () => {
    const { id } = await made()
    const response = await shelf.call('POST', `/books/${id}/borrow`)
    expect(await response.json()).toEqual({ reason: null })
  })

  it('reads a streamed body as it comes, of the types its route takes', async () => {
    const raw = '[1,2'.repeat(1_000)
    for (const type of ['application/json', 'application/x-ndjson; charset=utf-8']) {
      const response = await shelf.call('POST', '/uploads', { raw, headers: { 'content-type': type } })
      expect(response.status).toBe(202)
      expect(await response.json()).toEqual({ bytes: raw.length })
    }
  })

  it('is answered by HEAD and told of by OPTIONS', async () => {
    const head = await shelf.call('HEAD', '/books')
    expect([head.status, await head.text()]).toEqual([200, ''])
    const options = await shelf.call('OPTIONS', '/books', { as: null })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST'])
  })
})

describe('who may call', () => {
  it.each([
    ['nobody', null, '/books', 401, 'UNAUTHENTICATED'],
    ['a wrong token', 'wrong', '/books', 401, 'UNAUTHENTICATED'],
    ['another role', 'auditor', '/books', 403, 'NOT_PERMITTED'],
  ])('%s is refused before the body is looked at', async (_, as, path, status, code) => {
    const response = await shelf.call('POST', path, { as, raw: 'no json', headers: json })
    expect(response.status).toBe(status)
    expect((await problemOf(response)).code).toBe(code)
    expect(response.headers.has('www-authenticate')).toBe(status === 401)
  })

  it('one of several permissions is enough', async () => {
    const { id } = await made()
    for (const [as, status] of [
      ['manager', 200],
      ['auditor', 200],
      ['nobody', 403],
    ] as const) {
      expect((await shelf.call('GET', `/books/${id}`, { as })).status).toBe(status)
    }
  })

  it('a refusal names the permission and the role', async () => {
    const { detail } = await problemOf(await shelf.call('POST', '/books', { as: 'auditor', body: right }))
    expect(detail).toBe('This needs the permission rules.manage, which the role auditor does not have.')
  })

  it('a public route asks for nobody, and is not disturbed by a stale token', async () => {
    expect((await shelf.call('GET', '/hello', { as: null })).status).toBe(200)
    expect((await shelf.call('GET', '/hello', { as: 'wrong' })).status).toBe(200)
  })

  it.each(['Basic bWFuYWdlcjp4', 'Bearer', 'Bearer a b', 'manager', 'Bearer \u00e9'])(
    '%j is no token',
    async (header) => {
      const response = await shelf.call('GET', '/books', { as: null, headers: { authorization: header } })
      expect(response.status).toBe(401)
    },
  )

  it('a scheme is written in any case', async () => {
    const response = await shelf.call('GET', '/books', { as: null, headers: { authorization: 'bearer manager' } })
    expect(response.status).toBe(200)
  })

  it('is a 503 when it cannot be found out, and never a way in', async () => {
    const response = await shelf.call('GET', '/books', { as: 'away' })
    expect(response.headers.get('retry-after')).toBe('1')
    expect((await problemOf(response)).code).toBe('TRY_AGAIN')
  })

  it('a controller method that no route tells of fails at start', async () => {
    @Controller()
    class Forgetful {
      @Get('/secret')
      secret() {
        return 'everything'
      }
    }
    @Module({ controllers: [Forgetful] })
    class ForgetfulModule {}
    const log = { info() {}, warn() {}, error() {} }
    const app = await NestFactory.create<NestFastifyApplication>(ForgetfulModule, createHttpAdapter({ log }), {
      logger: false,
      bodyParser: false,
    })
    const principals = { principalOf: () => Promise.reject(new Error('unused')) }
    expect(() => prepareHttp(app, { principals, log, stored: null })).toThrow(/without @Route.*Forgetful\.secret/)
    await app.close()
  })
})

describe("a browser's session", () => {
  const cookie = 'theme=dark; reprieve_session=manager'
  const post = (headers: Record<string, string>) =>
    shelf.call('POST', '/books', { as: null, body: right, headers: { cookie, ...headers } })

  it('reads with its cookie', async () => {
    expect((await shelf.call('GET', '/books', { as: null, headers: { cookie } })).status).toBe(200)
  })

  it('writes from our own pages', async () => {
    const host = new URL(shelf.url).host
    expect((await post({ origin: shelf.url })).status).toBe(201)
    expect((await post({ 'sec-fetch-site': 'same-origin', origin: 'http://elsewhere' })).status).toBe(201)
    expect((await post({ origin: 'https://reprieve.example', 'x-forwarded-host': 'reprieve.example' })).status).toBe(
      201,
    )
    expect((await post({ origin: `https://${host}` })).status).toBe(201)
  })

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.reprieve.example' },
    { origin: 'https://evil.example', 'x-forwarded-host': 'reprieve.example' },
  ])('does not write for a page of another site (%o)', async (headers) => {
    const response = await post(headers as Record<string, string>)
    expect(response.status).toBe(403)
    expect((await problemOf(response)).code).toBe('CROSS_ORIGIN')
  })

  it('is not asked for its origin where a token is sent along', async () => {
    const response = await shelf.call('POST', '/books', {
      body: right,
      headers: { cookie, origin: 'https://cli.example' },
    })
    expect(response.status).toBe(201)
  })
})

describe('what is malformed is a 400', () => {
  it.each([
    ['half a body', '{"title":', /not JSON/],
    ['no JSON', 'title=x', /not JSON/],
    ['JSON with a mistake', '{"title":"x",\n"secret" 7}', /not JSON: see line 2 column 10\.$/],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), /UTF-8/],
    ['a body nested too deeply', '['.repeat(500) + ']'.repeat(500), /deeper than 32/],
    ['a body nested a million times', '['.repeat(500_000) + ']'.repeat(500_000), /deeper than 32/],
    ['a body that reaches for the prototype', '{"__proto__":{"admin":true}}', /__proto__/],
    ['a deep reach for the prototype', '{"chapters":[{"__proto__":1}]}', /__proto__/],
    ['no body', '', /body is expected/],
  ])('%s', async (_, raw, detail) => {
    const response = await shelf.call('POST', '/books', { raw, headers: json })
    expect(response.status).toBe(400)
    const problem = await problemOf(response)
    expect(problem.code).toBe('MALFORMED')
    expect(problem.detail).toMatch(detail)
  })

  it.each([
    ['?limit=0', 'limit', 'Must be at least 1.'],
    ['?limit=201', 'limit', 'Must be at most 200.'],
    ['?limit=1e2', 'limit', 'Must be a whole number.'],
    ['?limit=1&limit=2', 'limit', 'Must be text.'],
    ['?limt=5', 'limt', 'There is no such parameter.'],
    ['?__proto__=1', '__proto__', 'There is no such parameter.'],
    ['?constructor=1', 'constructor', 'There is no such parameter.'],
    ['?sort=size', 'sort', 'Must be of title, price, readAt, shelf, each with an optional - before it.'],
    ['?sort=title,-title', 'sort', 'Names a field twice.'],
    ['?cursor=x', 'cursor', 'Must be the `nextCursor` of the page before, with the same `sort`.'],
    ['?shelf=west', 'shelf', 'Must be north or south.'],
    ['?text=%00', 'text', 'Holds a NUL character.'],
  ])('the parameter in %s', async (query, parameter, detail) => {
    const response = await shelf.call('GET', `/books${query}`)
    expect(response.status).toBe(400)
    const problem = await problemOf(response)
    expect(problem.code).toBe('MALFORMED')
    expect(problem.errors).toEqual([expect.objectContaining({ parameter, detail })])
  })

  it.each(['/books/1', '/books/%00', `/books/${NOWHERE}x`, '/books/..%2f..%2fetc', '/hello?a=%', '/hello?a=%ff'])(
    'the address %s',
    async (path) => {
      expect((await problemOf(await shelf.call('GET', path))).code).toBe('MALFORMED')
    },
  )

  it.each(['/books/%', '/%c0%af', '/books/%zz'])('an address that cannot be decoded (%s)', async (path) => {
    expect((await problemOf(await shelf.call('GET', path))).status).toBe(400)
  })

  it('an Idempotency-Key that is none', async () => {
    for (const key of ['', ' ', 'a b', 'x'.repeat(201)]) {
      const response = await shelf.call('POST', '/books', { body: right, headers: { 'idempotency-key': key } })
      expect(response.status).toBe(400)
    }
  })
})

describe('what is well-formed but wrong is a 422', () => {
  it('each fault is told with its place and in words', async () => {
    const body = {
      shelf: 'west',
      price: -1,
      cover: 'javascript:alert(1)',
      chapters: [{ title: 'One', pages: 1.5 }, { title: '', pages: 0 }, 7],
    }
    const response = await shelf.call('POST', '/books', { body })
    expect(response.status).toBe(422)
    const problem = await problemOf(response)
    expect(problem.code).toBe('INVALID')
    expect(problem.errors).toEqual([
      { pointer: '/title', detail: 'This is required.' },
      { pointer: '/shelf', detail: 'Must be north or south.' },
      { pointer: '/price', detail: 'Must be at least 0.' },
      { pointer: '/cover', detail: 'Must be a link that starts with http:// or https://.' },
      { pointer: '/chapters/0/pages', detail: 'Must be a whole number.' },
      { pointer: '/chapters/1/title', detail: 'Must not be empty.' },
      { pointer: '/chapters/1/pages', detail: 'Must be at least 1.' },
      { pointer: '/chapters/2', detail: 'Must be an object.' },
    ])
  })

  it.each([
    ['a NUL character', '{"title":"a\\u0000b","shelf":"north"}', '/title', 'Holds a NUL character.'],
    [
      'half a character',
      '{"title":"\\ud83d","shelf":"north"}',
      '/title',
      'Holds half of a character (a lone surrogate).',
    ],
    ['a number beyond all bounds', '{"title":"x","shelf":"north","price":1e999}', '/price', 'The number is too large.'],
  ])('%s, which PostgreSQL cannot hold', async (_, raw, pointer, detail) => {
    const response = await shelf.call('POST', '/books', { raw, headers: json })
    expect(response.status).toBe(422)
    expect((await problemOf(response)).errors).toEqual([{ pointer, detail }])
  })

  it.each(['null', '7', '"x"', '[]', 'true'])('the body %s', async (raw) => {
    const response = await shelf.call('POST', '/books', { raw, headers: json })
    expect(response.status).toBe(422)
  })

  it('many faults are told up to a bound', async () => {
    const chapters = Array.from({ length: 100 }, () => ({}))
    const { errors } = await problemOf(await shelf.call('POST', '/books', { body: { ...right, chapters } }))
    expect(errors?.length).toBe(50)
  })
})

describe('bodies', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/json; charset=latin1',
    'nonsense',
  ])('of type %s are a 415', async (type) => {
    const response = await shelf.call('POST', '/books', { raw: '{}', headers: { 'content-type': type } })
    expect(response.status).toBe(415)
    expect((await problemOf(response)).code).toBe('UNSUPPORTED_MEDIA_TYPE')
  })

  it('that are compressed are a 415 where they are not read', async () => {
    const response = await shelf.call('POST', '/books', { raw: '{}', headers: { ...json, 'content-encoding': 'gzip' } })
    expect(response.status).toBe(415)
  })

  it('without a type are a 415', async () => {
    const response = await shelf.call('POST', '/books', { raw: new Uint8Array([123, 125]) })
    expect(response.status).toBe(415)
  })

  it('beyond the bound are a 413, announced or not', async () => {
    const large = `{"title":"${'x'.repeat(1_100_000)}"}`
    const announced = await shelf.call('POST', '/books', { raw: large, headers: json })
    expect((await problemOf(announced)).code).toBe('PAYLOAD_TOO_LARGE')
    const unannounced = await streamed('/books', json, large)
    expect((await problemOf(unannounced)).code).toBe('PAYLOAD_TOO_LARGE')
  })

  it('refused while they are still on their way do not cost the client the answer, nor the connection', async () => {
    const chunk = 'x'.repeat(64_000)
    for (const [as, code] of [
      ['manager', '413'],
      ['wrong', '401'],
    ] as const) {
      const head = `POST /books HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${as}\r\nContent-Type: application/json\r\n`
      const parts = [`${head}Transfer-Encoding: chunked\r\n\r\n`]
      for (let sent = 0; sent < 400; sent++) parts.push(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)
      parts.push('0\r\n\r\n', 'GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      const text = await rawExchange(shelf.url, parts)
      expect(text).toContain(`HTTP/1.1 ${code} `)
      expect(text).toContain('{"hello":"you"}')
    }
  })

  it('that are streamed have the bound of their route', async () => {
    const types = { 'content-type': 'application/x-ndjson' }
    expect((await shelf.call('POST', '/uploads', { raw: 'x'.repeat(100_000), headers: types })).status).toBe(202)
    expect((await shelf.call('POST', '/uploads', { raw: 'x'.repeat(100_001), headers: types })).status).toBe(413)
    expect((await streamed('/uploads', types, 'x'.repeat(100_001))).status).toBe(413)
    expect((await shelf.call('POST', '/uploads', { raw: 'x', headers: { 'content-type': 'text/csv' } })).status).toBe(
      415,
    )
  })

  function streamed(path: string, headers: Record<string, string>, content: string): Promise<Response> {
    const bytes = new TextEncoder().encode(content)
    const body = new ReadableStream({
      start(controller) {
        for (let from = 0; from < bytes.length; from += 50_000) controller.enqueue(bytes.subarray(from, from + 50_000))
        controller.close()
      },
    })
    return fetch(`${shelf.url}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer manager', ...headers },
      body,
      duplex: 'half',
    } as RequestInit)
  }
})

describe('addresses and methods', () => {
  it('an unknown address is a 404 for everyone', async () => {
    for (const as of [null, 'manager']) {
      expect((await problemOf(await shelf.call('GET', '/nothing', { as }))).code).toBe('NOT_FOUND')
    }
    expect((await shelf.call('POST', '/books/', { body: right })).status).toBe(404)
    expect((await shelf.call('GET', '//')).status).toBe(404)
  })

  it('a thing that is not there is a 404', async () => {
    expect((await problemOf(await shelf.call('GET', `/books/${NOWHERE}`))).code).toBe('NOT_FOUND')
  })

  it.each([
    ['DELETE', '/books', 'GET, HEAD, OPTIONS, POST'],
    ['PATCH', `/books/${NOWHERE}`, 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['GET', '/uploads', 'OPTIONS, POST'],
    ['TRACE', '/hello', 'DELETE, GET, HEAD, OPTIONS'],
  ])('%s %s is a 405 that tells what is allowed', async (method, path, allow) => {
    const response = await rawCall(shelf.url, method, path)
    expect(response).toMatch(/^HTTP\/1\.1 405 /)
    expect(response.toLowerCase()).toContain(`allow: ${allow.toLowerCase()}`)
    expect(response).toContain('METHOD_NOT_ALLOWED')
  })

  it('what a route itself refuses for ever names the other methods', async () => {
    const response = await shelf.call('DELETE', `/books/${NOWHERE}`)
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS, PUT')
    expect((await problemOf(response)).code).toBe('RULE_CANNOT_BE_DELETED')
  })
})

describe('ETags', () => {
  it('an unchanged thing is not sent again', async () => {
    const { id } = await made()
    const same = await shelf.call('GET', `/books/${id}`, { headers: { 'if-none-match': '"7", W/"1"' } })
    expect([same.status, await same.text()]).toEqual([304, ''])
    expect((await shelf.call('GET', `/books/${id}`, { headers: { 'if-none-match': '"7"' } })).status).toBe(200)
  })

  it('a change wants the version it is made to: 428 without, 412 with a stale one', async () => {
    const { id } = await made()
    const put = (headers: Record<string, string>) => shelf.call('PUT', `/books/${id}`, { body: right, headers })
    expect((await problemOf(await put({}))).code).toBe('PRECONDITION_REQUIRED')
    expect((await put({ 'if-match': '"1"' })).headers.get('etag')).toBe('"2"')
    const stale = await put({ 'if-match': '"1"' })
    expect((await problemOf(stale)).code).toBe('PRECONDITION_FAILED')
    expect(stale.headers.get('etag')).toBe('"2"')
    expect((await put({ 'if-match': 'W/"2"' })).status).toBe(412)
    expect((await put({ 'if-match': '"9", "2"' })).status).toBe(200)
    expect((await put({ 'if-match': '*' })).status).toBe(200)
  })
})

describe('faults of ours', () => {
  it.each(['sql', 'plain'])('tell the caller nothing but the trace id (%s)', async (how) => {
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`
    const response = await shelf.call('GET', `/broken/${how}`, { headers: { traceparent } })
    expect(response.status).toBe(500)
    const text = await response.clone().text()
    expect(text).not.toMatch(/hunter2|insert|book|check|constraint|\.ts|at /i)
    expect((await problemOf(response)).traceId).toBe('ab'.repeat(16))
    expect(shelf.logged).toEqual([
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ traceId: 'ab'.repeat(16), err: expect.any(Error) as Error }) as object,
      }),
    ])
  })

  it('refusals are no news for the log', async () => {
    await shelf.call('GET', '/nothing')
    await shelf.call('POST', '/books', { as: null })
    await shelf.call('POST', '/books', { raw: '{', headers: json })
    expect(shelf.logged).toEqual([])
  })

  it('an answer that is not what the route declares fails where answers are checked', async () => {
    const checked = await startShelf({ checkAnswers: true })
    try {
      expect((await checked.call('GET', '/broken/lie')).status).toBe(500)
      expect((await checked.call('POST', '/books', { body: right })).status).toBe(201)
      expect(String(checked.logged[0]?.fields['err'])).toContain('/truth')
    } finally {
      await checked.close()
    }
  })
})

/** A request that fetch would not send. */
const rawCall = (url: string, method: string, path: string): Promise<string> =>
  rawExchange(url, [
    `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer manager\r\nConnection: close\r\n\r\n`,
  ])

/** Everything the server says on one connection while the parts are sent. */
async function rawExchange(url: string, parts: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url)
  return await new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, async () => {
      try {
        for (const part of parts) if (!socket.write(part)) await once(socket, 'drain')
      } catch (error) {
        reject(error)
      }
    })
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
}
