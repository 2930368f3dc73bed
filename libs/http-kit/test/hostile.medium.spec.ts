import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Shelf, startShelf } from './support/shelf.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const RUNS = NIGHTLY ? 20_000 : 600

let shelf: Shelf
let known: string
beforeAll(async () => {
  shelf = await startShelf({ checkAnswers: true })
  const made = await shelf.call('POST', '/books', { body: { title: 'Moby Dick', shelf: 'north' } })
  known = ((await made.json()) as { id: string }).id
})
afterAll(async () => {
  await shelf.close()
})

const NASTY = [
  '',
  '\0',
  '\ud800',
  '%',
  '%00',
  '%ff',
  '..',
  '../../etc/passwd',
  "'; DROP TABLE book;--",
  '__proto__',
  'constructor',
  'toString',
  '1e999',
  '-0',
  'NaN',
  'Infinity',
  '99999999999999999999',
  '\u202e',
  '\ufeff',
  '{{7*7}}',
  '$(id)',
  '\r\nx: y',
  'null',
  'true',
  '[]',
  '{}',
]

const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.string({ maxLength: 300 }),
)
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('title', 'shelf', 'price', 'chapters', 'pages', 'reason', '__proto__'), text),
      tie('value'),
      { maxKeys: 6 },
    ),
  ),
})).value

const path = fc.oneof(
  fc.constantFrom('/books', '/hello', '/uploads', '/nothing'),
  fc
    .tuple(fc.constantFrom('/books/', '/books/x/borrow/', '/broken/'), text)
    .map(([start, end]) => start + encodeURIComponent(end.toWellFormed())),
  fc.constantFrom('known', 'known/borrow'),
)
const query = fc.array(
  fc.tuple(fc.constantFrom('limit', 'cursor', 'sort', 'shelf', 'text', '__proto__', 'x[]', ''), text),
  { maxLength: 4 },
)
const headers = fc.record(
  {
    'content-type': fc.oneof(
      fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain', 'application/json;charset=utf-8'),
      fc.stringMatching(/^[ -~]{0,40}$/),
    ),
    'if-match': fc.stringMatching(/^[!-~]{1,30}$/),
    'if-none-match': fc.stringMatching(/^[!-~]{1,30}$/),
    'idempotency-key': fc.oneof(fc.constantFrom('a', 'b'), fc.stringMatching(/^[!-~]{1,220}$/)),
    traceparent: fc.stringMatching(/^[!-~]{1,60}$/),
    cookie: fc.stringMatching(/^[!-~]{1,60}$/),
    origin: fc.stringMatching(/^[!-~]{1,60}$/),
  },
  { requiredKeys: [] },
)

async function check(response: Response): Promise<void> {
  expect(response.status).toBeLessThan(500)
  if (response.status < 400) return void (await response.arrayBuffer())
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const content = await response.text()
  if (content !== '')
    expect(JSON.parse(content)).toMatchObject({ status: response.status, code: expect.any(String) as string })
  expect(content).not.toMatch(/select |insert |update |postgres|\.ts:|node_modules/i)
}

describe('no input', { timeout: NIGHTLY ? 30 * 60_000 : 60_000 }, () => {
  it('makes a fault of ours, whatever the address, its parameters, headers and body', async () => {
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
    const body = fc.oneof(
      json.map((value) => JSON.stringify(value)),
      text,
    )
    await fc.assert(
      fc.asyncProperty(method, path, query, headers, body, async (verb, where, parameters, sent, content) => {
        const search = parameters.map(
          ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`,
        )
        const address = where.startsWith('known') ? `/books/${where.replace('known', known)}` : where
        // These are faults on purpose.
        if (/^\/broken\/(sql|plain|lie)$/.test(address)) return
        const response = await shelf.call(verb, `${address}${search.length === 0 ? '' : `?${search.join('&')}`}`, {
          headers: sent,
          ...(verb === 'GET' || verb === 'OPTIONS' ? {} : { raw: content.toWellFormed() }),
        })
        await check(response)
      }),
      { numRuns: RUNS, seed: 7 },
    )
  })

  it('of right form but wrong content gets past the schema into PostgreSQL', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (title, reason) => {
        const created = await shelf.call('POST', '/books', { body: { title, shelf: 'north' } })
        await check(created)
        await check(await shelf.call('POST', `/books/${known}/borrow`, { body: { reason } }))
      }),
      { numRuns: RUNS / 3, seed: 7 },
    )
  })

  it('forges a cursor that PostgreSQL chokes on', async () => {
    const cursor = fc.tuple(
      fc.constantFrom('title', 'price', 'readAt', 'shelf'),
      fc.array(fc.oneof(text, fc.constant(null), fc.constant(known), fc.integer()), { maxLength: 3 }),
    )
    await fc.assert(
      fc.asyncProperty(cursor, async ([sort, values]) => {
        const forged = Buffer.from(JSON.stringify([sort, ...values])).toString('base64url')
        await check(await shelf.call('GET', `/books?sort=${sort}&cursor=${forged}`))
      }),
      { numRuns: RUNS / 3, seed: 7 },
    )
  })

  it('that is hardly HTTP gets more than a 400, and the next one is served', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const socket = connect(Number(new URL(shelf.url).port), '127.0.0.1')
        socket.on('error', () => {})
        let answer = ''
        socket.setEncoding('latin1').on('data', (part: string) => {
          answer += part
        })
        const closed = once(socket, 'close')
        socket.end(
          Buffer.concat([
            Buffer.from('GET /'),
            bytes,
            Buffer.from(' HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
          ]),
        )
        await closed
        expect(answer).not.toMatch(/^HTTP\/1\.1 5/)
      }),
      { numRuns: RUNS / 3, seed: 7 },
    )
    expect((await shelf.call('GET', '/hello')).status).toBe(200)
    expect(shelf.logged.filter(({ level }) => level === 'error')).toEqual([])
  })
})
