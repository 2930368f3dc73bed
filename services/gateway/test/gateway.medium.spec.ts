import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROUTE_TABLE, startGateway } from '../src/index.js'
import { startWorld, type World } from './support/world.js'

const ID = '019b0000-0000-7000-8000-000000000000'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(async () => {
  await world.close()
})

const call: World['call'] = (...parts) => world.call(...parts)

async function problem(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const body = (await response.json()) as { code: string; status: number; detail: string; traceId: string }
  expect(body.status).toBe(response.status)
  expect(body.traceId).toMatch(/^[\da-f]{32}$/)
  return body
}

describe('a request', () => {
  it.each(ROUTE_TABLE.map((row) => [row.method, row.path, row.service] as const))(
    '%s %s reaches %s, as the service writes it',
    async (method, path, service) => {
      const concrete = path.replace(/\{\w+\}/g, ID)
      const response = await call(method, `/api/v1${concrete}?a=b%20c`)
      expect(await response.json()).toEqual({ service, path: `${concrete}?a=b%20c` })
    },
  )

  it('keeps what a service may know, and loses what it must not believe', async () => {
    const token = await world.token('ann')
    await call('GET', '/api/v1/exceptions', {
      headers: {
        authorization: `Bearer ${token}`,
        cookie: `theme=dark; reprieve_session=${token}; other=1`,
        'if-none-match': '"7"',
        'x-user-id': 'admin',
        'x-principal': 'admin',
        'x-forwarded-for': '1.2.3.4',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        forwarded: 'for=1.2.3.4',
        'x-real-ip': '1.2.3.4',
      },
    })
    const headers = world.seen[0]?.headers ?? {}
    expect(headers).toMatchObject({
      authorization: `Bearer ${token}`,
      cookie: `reprieve_session=${token}`,
      'if-none-match': '"7"',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(world.gateway.url).host,
      'x-forwarded-proto': 'http',
    })
    for (const name of ['x-user-id', 'x-principal', 'forwarded', 'x-real-ip']) expect(headers).not.toHaveProperty(name)
  })

  it('goes on in the caller’s trace, or in a new one', async () => {
    const trace = 'ab'.repeat(16)
    await call('GET', '/api/v1/me', { headers: { traceparent: `00-${trace}-${'cd'.repeat(8)}-01` } })
    await call('GET', '/api/v1/me')
    const parents = world.seen.map(({ headers }) => String(headers['traceparent']))
    expect(parents[0]).toMatch(new RegExp(`^00-${trace}-[\\da-f]{16}-01$`))
    expect(parents[1]).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/)
    expect(parents[1]).not.toContain(trace)
    expect(world.logged.filter(({ message }) => message === 'answered').map(({ fields }) => fields)).toEqual([
      { traceId: trace, method: 'GET', route: '/api/v1/me', status: 200, ms: expect.any(Number) as number },
      expect.objectContaining({ traceId: parents[1]?.slice(3, 35) }),
    ])
  })

  it('believes a proxy in front only if it was told to', async () => {
    const behind = await startWorld({ trustedProxies: ['127.0.0.1'] })
    try {
      const response = await behind.call('GET', '/api/v1/me', {
        headers: { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'reprieve.example', 'x-forwarded-proto': 'https' },
      })
      expect(behind.seen[0]?.headers).toMatchObject({
        'x-forwarded-for': '1.2.3.4',
        'x-forwarded-host': 'reprieve.example',
        'x-forwarded-proto': 'https',
      })
      expect(response.headers.get('strict-transport-security')).toMatch(/^max-age=/)
    } finally {
      await behind.close()
    }
  })

  it('is answered as the service answers, without what belongs to one connection', async () => {
    world.answer('rules', (_request, response) => {
      response.writeHead(201, {
        etag: '"3"',
        location: '/rules/7',
        'set-cookie': ['a=1', 'b=2'],
        'x-powered-by': 'something',
        connection: 'keep-alive, x-hop',
        'x-hop': '1',
        'content-type': 'application/problem+json',
      })
      response.end('{"x":1}')
    })
    const response = await call('POST', '/api/v1/rules', {
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(201)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      etag: '"3"',
      location: '/rules/7',
      'content-type': 'application/problem+json',
    })
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    for (const name of ['x-powered-by', 'x-hop']) expect(response.headers.get(name)).toBeNull()
    expect(await response.text()).toBe('{"x":1}')
  })

  it.each([204, 304])('with an answer of no body (%i) has none', async (status) => {
    world.answer('directory', (_request, response) => void response.writeHead(status).end())
    const response = await call('DELETE', '/api/v1/session')
    expect([response.status, await response.text()]).toEqual([status, ''])
  })

  it('for the head alone is passed on as such', async () => {
    world.answer('exceptions', (request, response) => {
      response.writeHead(200, { 'content-length': '12', 'content-type': 'application/json' })
      response.end(request.method === 'HEAD' ? undefined : '{"a":"bcdef"}')
    })
    const response = await call('HEAD', '/api/v1/exceptions')
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '12', ''])
    expect(world.seen[0]?.method).toBe('HEAD')
  })
})

describe('an address', () => {
  it.each([
    '/api/v1/nothing',
    '/api/v2/me',
    '/rules',
    '/api/v1/rules/',
    '/api/v1//rules',
    '/api/v1',
    '/.env',
    '/api/docs/assets/package.json',
  ])('that is unknown (%s) is a 404 and reaches nobody', async (path) => {
    expect((await problem(await call('GET', path))).code).toBe('NOT_FOUND')
    expect(world.seen).toEqual([])
  })

  it('that is known takes the methods it names', async () => {
    const response = await call('DELETE', '/api/v1/users')
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST')
    expect((await problem(response)).code).toBe('METHOD_NOT_ALLOWED')
    const options = await call('OPTIONS', `/api/v1/exceptions/${ID}`)
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
    expect(world.seen).toEqual([])
  })

  it.each(['/api/v1/%', '/api/v1/users/%zz', '/api/v1/users/%c0%af'])(
    'that cannot be read (%s) is a 400',
    async (path) => {
      expect((await problem(await call('GET', path))).status).toBe(400)
    },
  )

  it('out of the tree leads nowhere', async () => {
    for (const path of ['/api/v1/users/../../readyz', '/api/v1/users/..%2f..%2freadyz', '/api/v1/..%2freadyz']) {
      const response = await raw(`GET ${path} HTTP/1.1`)
      expect(response).toMatch(/^HTTP\/1\.1 (404|400|200) /)
    }
    for (const { path } of world.seen) expect(path).toMatch(/^\/users\/[^/]+$/)
  })

  it('given as a whole is not taken', async () => {
    expect(await raw(`GET http://elsewhere/api/v1/me HTTP/1.1`)).toMatch(/^HTTP\/1\.1 400 /)
    expect(world.seen).toEqual([])
  })

  it('in broken HTTP is a 400', async () => {
    expect(await raw('GET\u0001 / nonsense')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*"MALFORMED"/,
    )
  })
})

describe('a body', () => {
  it('is passed on as it comes, of any type, and byte by byte', async () => {
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 256))
    const received = bodyAt('scope')
    for (const type of [
      'application/json',
      'application/octet-stream',
      'text/csv',
      'multipart/form-data; boundary=x',
    ]) {
      const body = received()
      await call('POST', '/api/v1/reports?scanner=x', { body: sent, headers: { 'content-type': type } })
      expect(Buffer.compare(await body, sent)).toBe(0)
      expect(world.seen.at(-1)?.headers).toMatchObject({ 'content-type': type, 'content-length': '300000' })
    }
  })

  it('of unknown length is passed on in chunks', async () => {
    const body = bodyAt('scope')()
    const stream = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 50; part++) controller.enqueue(new Uint8Array(10_000))
        controller.close()
      },
    })
    await call('POST', '/api/v1/instances/batch', { body: stream, duplex: 'half' } as RequestInit)
    expect((await body).length).toBe(500_000)
    expect(world.seen[0]?.headers['content-length']).toBeUndefined()
  })

  it('of 256 MB needs hardly any memory, and waits for a slow reader', async () => {
    const chunk = Buffer.alloc(1_048_576, 120)
    let received = 0
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    world.answer('scope', async (request, response) => {
      request.once('data', (first: Buffer) => {
        received += first.length
        request.pause()
      })
      await held
      request.on('data', (part: Buffer) => {
        received += part.length
      })
      request.resume()
      await once(request, 'end')
      response.writeHead(202).end('{}')
    })
    const before = process.memoryUsage().rss
    let written = 0
    const upload = httpRequest(`${world.gateway.url}/api/v1/reports`, {
      method: 'POST',
      headers: { 'content-length': 256 * chunk.length },
    })
    const answered = once(upload, 'response')
    const writing = (async () => {
      for (let sent = 0; sent < 256; sent++) {
        if (!upload.write(chunk)) await once(upload, 'drain')
        written += chunk.length
      }
      upload.end()
    })()
    await sleep(1_000)
    expect(written).toBeLessThan(30 * chunk.length)
    release()
    await writing
    const [response] = (await answered) as [{ statusCode: number }]
    expect(response.statusCode).toBe(202)
    expect(received).toBe(256 * chunk.length)
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * chunk.length)
  })

  it('that a service refuses halfway costs neither the answer nor the connection', async () => {
    world.answer('scope', (request, response) => {
      request.once('data', () => {
        response.writeHead(413, { 'content-type': 'application/problem+json' })
        response.end('{"code":"PAYLOAD_TOO_LARGE"}')
        request.resume()
      })
    })
    const chunk = `${'f'.repeat(64_000)}`
    const parts = ['POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n']
    for (let sent = 0; sent < 300; sent++) parts.push(`fa00\r\n${chunk}\r\n`)
    parts.push('0\r\n\r\n', 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const text = await exchange(parts)
    expect(text).toContain('HTTP/1.1 413 ')
    expect(text).toContain('{"status":"alive"}')
  })

  it('that ends early ends early for the service, too', async () => {
    const broken = new Promise<boolean>((resolve) => {
      world.answer('scope', (request) => {
        request.resume()
        request.once('error', () => resolve(true))
        request.once('end', () => resolve(false))
      })
    })
    const socket = connect(Number(new URL(world.gateway.url).port), '127.0.0.1')
    socket.write('POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\npart')
    await sleep(200)
    socket.destroy()
    expect(await broken).toBe(true)
  })

  function bodyAt(service: string): () => Promise<Buffer> {
    return () =>
      new Promise((resolve) => {
        world.answer(service, async (request, response) => {
          const chunks: Buffer[] = []
          for await (const chunk of request) chunks.push(chunk as Buffer)
          response.writeHead(202).end('{}')
          resolve(Buffer.concat(chunks))
        })
      })
  }
})

describe('an answer', () => {
  it('comes piece by piece', async () => {
    let more: (text: string) => void = () => {}
    world.answer('exceptions', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/csv' })
      more = (text) => void response.write(text)
      more('first,')
    })
    const response = await call('GET', '/api/v1/exceptions')
    const reader = response.body?.getReader()
    const next = async () => new TextDecoder().decode((await reader?.read())?.value)
    expect(await next()).toBe('first,')
    more('second,')
    expect(await next()).toBe('second,')
    await reader?.cancel()
  })

  it('that breaks off is not taken for a whole one', async () => {
    world.answer('exceptions', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/csv' })
      response.write('half')
      setTimeout(() => response.destroy(), 50)
    })
    const response = await call('GET', '/api/v1/exceptions')
    await expect(response.text()).rejects.toThrow()
  })

  it('nobody waits for any more is not worked out any further', async () => {
    const stopped = new Promise<boolean>((resolve) => {
      world.answer(
        'exceptions',
        (_request, response) => void response.once('close', () => resolve(!response.writableEnded)),
      )
    })
    const leaving = new AbortController()
    const waiting = call('GET', '/api/v1/exceptions', { signal: leaving.signal }).catch(() => null)
    await sleep(200)
    leaving.abort()
    await waiting
    expect(await stopped).toBe(true)
  })
})

describe('a service that is away', () => {
  it('is a 503 that says when to come back, and is reached again when it is there', async () => {
    await world.kill('rules')
    for (const method of ['GET', 'POST']) {
      const response = await call(method, '/api/v1/rules')
      expect(response.headers.get('retry-after')).toBe('1')
      const { code, detail } = await problem(response)
      expect(code).toBe('TRY_AGAIN')
      expect(detail).not.toMatch(/127|ECONN|rules/)
    }
    expect((await call('GET', '/api/v1/users')).status).toBe(200)
    await world.revive('rules')
    expect((await call('GET', '/api/v1/rules')).status).toBe(200)
  })

  it('in the middle of a write leaves open whether it was done, unless repeating is safe', async () => {
    world.answer('rules', (request) => void request.socket.destroy())
    const post = (headers: Record<string, string>) => call('POST', '/api/v1/rules', { body: '{}', headers })
    expect((await problem(await post({}))).code).toBe('OUTCOME_UNKNOWN')
    expect((await problem(await post({ 'idempotency-key': 'x' }))).code).toBe('TRY_AGAIN')
    expect((await problem(await call('GET', '/api/v1/rules'))).code).toBe('TRY_AGAIN')
  })

  it('closing a kept connection at the wrong moment is not noticed', async () => {
    let calls = 0
    world.answer('rules', (request, response) => {
      calls += 1
      if (calls === 2) request.socket.destroy()
      else response.writeHead(200).end('{}')
    })
    expect((await call('GET', '/api/v1/rules')).status).toBe(200)
    expect((await call('GET', '/api/v1/rules')).status).toBe(200)
    expect(calls).toBe(3)
  })

  it('answering 503 is asked once, and its word is passed on', async () => {
    world.answer('rules', (_request, response) => {
      response
        .writeHead(503, { 'retry-after': '7', 'content-type': 'application/problem+json' })
        .end('{"code":"TRY_AGAIN"}')
    })
    const response = await call('GET', '/api/v1/rules')
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7'])
    expect(world.seen.length).toBe(1)
  })
})

describe('health', () => {
  it('tells that the process lives whatever the services do, and whether all of them can work', async () => {
    world.answer('scope', (_request, response) => void response.writeHead(503).end('{}'))
    await world.kill('rules')
    for (const path of ['/healthz', '/health/startup', '/health/live', '/health/ready'])
      expect((await call('GET', path)).status, path).toBe(200)
    const response = await call('GET', '/readyz')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ ready: false, troubles: ['rules does not answer', 'scope is not ready'] })
    world.answer('scope', (_request, answer) => void answer.writeHead(200).end('{}'))
    await world.revive('rules')
    expect(await (await call('GET', '/readyz')).json()).toEqual({ ready: true, troubles: [] })
  })
})

describe('the pages', () => {
  it('of the console is at the front door and at every address in it, for browsers, and runs nothing but our own files', async () => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
    for (const path of ['/', '/exceptions/0199c0de-0000-7000-8000-000000000001?sort=name', '/settings/rules']) {
      const page = await call('GET', path, { headers: { accept } })
      const html = await page.text()
      const policy = page.headers.get('content-security-policy') ?? ''
      const [, nonce = ''] = /'nonce-([\w-]{22})'/.exec(policy) ?? []
      expect({ path, status: page.status, nonce: nonce.length }).toEqual({ path, status: 200, nonce: 22 })
      expect(policy).not.toContain('unsafe')
      expect(html).toContain(`nonce="${nonce}"`)
      expect(html).not.toContain('{{')
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\bon\w+=|https?:\/\//)
      expect(page.headers.get('cache-control')).toBe('no-store')
    }
    const twice = await Promise.all([call('GET', '/'), call('GET', '/')])
    expect(new Set(twice.map(({ headers }) => headers.get('content-security-policy'))).size).toBe(2)
  })

  it('of the console has its files for good, compressed, under names that change with their content', async () => {
    const html = await (await call('GET', '/')).text()
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, address = '']) => address)
    expect(files.length).toBeGreaterThan(1)
    for (const address of files) {
      const file = await call('GET', address, { headers: { 'accept-encoding': 'br' } })
      const { length } = await file.text()
      // What is tiny gains nothing by it.
      const encoding = length < 1_024 ? null : 'br'
      expect([file.status, file.headers.get('content-encoding'), file.headers.get('cache-control')]).toEqual([
        200,
        encoding,
        'public, max-age=31536000, immutable',
      ])
      expect(file.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('of the console stands for no file, no route of the API and no other method', async () => {
    const accept = 'text/html'
    for (const path of ['/api/v1/nothing', '/assets/nothing.js', '/assets/%2e%2e%2fpackage.json', '/api/nothing'])
      expect([path, (await call('GET', path, { headers: { accept } })).status]).toEqual([path, 404])
    expect((await call('POST', '/exceptions', { headers: { accept } })).status).toBe(404)
    expect((await call('GET', '/exceptions', { headers: { accept: 'application/json' } })).status).toBe(404)
  })

  it('of the API runs nothing but our own files', async () => {
    const page = await call('GET', '/api/docs')
    const html = await page.text()
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\bon\w+=|https?:\/\//)
    for (const [, address = ''] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const file = await call('GET', address)
      expect([address, file.status]).toEqual([address, 200])
      expect(file.headers.get('x-content-type-options')).toBe('nosniff')
      expect((await file.text()).length).toBeGreaterThan(100)
    }
  })

  it('tell of the API in one document', async () => {
    const response = await call('GET', '/api/v1/openapi.json')
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) as string })
    const etag = response.headers.get('etag') ?? ''
    expect((await call('GET', '/api/v1/openapi.json', { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('and everything else carry the headers that keep a browser from harm', async () => {
    for (const path of ['/api/v1/me', '/api/v1/nothing', '/healthz', '/api/v1/openapi.json']) {
      const { headers } = await call('GET', path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
    }
  })
})

describe('starting and stopping', () => {
  it('is refused without the address of a service, naming it', async () => {
    const log = { info() {}, warn() {}, error() {} }
    await expect(startGateway({ services: { rules: 'http://x' }, logger: log })).rejects.toThrow(/directory.*scope/)
  })

  it('is refused on a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const services = Object.fromEntries(ROUTE_TABLE.map(({ service }) => [service, 'http://127.0.0.1:1']))
    const log = { info() {}, warn() {}, error() {} }
    await expect(startGateway({ port, services, logger: log })).rejects.toThrow(/EADDRINUSE/)
    taken.close()
  })

  it('lets what is in flight finish', async () => {
    world.answer('rules', async (_request, response) => {
      await sleep(500)
      response.writeHead(200).end('{"done":true}')
    })
    const slow = call('GET', '/api/v1/rules')
    await sleep(100)
    const [response] = await Promise.all([slow, world.gateway.close()])
    expect(await response.json()).toEqual({ done: true })
    await expect(call('GET', '/healthz')).rejects.toThrow()
  })

  it('answers on while clients are connected, and says that it goes: nobody who asks on a kept connection finds it closed', async () => {
    expect((await call('GET', '/health/ready')).status).toBe(200)
    const clients = Array.from({ length: 4 }, async () => {
      const seen: Array<number | null> = []
      for (let n = 0; n < 20; n++) {
        seen.push(
          await call('GET', '/api/v1/rules').then(
            async (response) => {
              await response.text()
              return response.status
            },
            (error: Error) => {
              // A new connection: in an installation those go elsewhere by now.
              if ((error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ECONNREFUSED') throw error
              return null
            },
          ),
        )
        await sleep(20)
      }
      return seen
    })
    await sleep(100)
    const closed = world.gateway.close(10_000)
    const ready = await exchange(['GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n'])
    expect(ready).toMatch(/^HTTP\/1.1 503[\s\S]*connection: close/i)
    for (const seen of await Promise.all(clients))
      expect(seen.filter((status) => status !== 200 && status !== null)).toEqual([])
    await closed
  })

  it('does not wait for ever for a client that has stopped to read', async () => {
    const other = await startWorld({ closeWithinMs: 300 })
    other.answer('rules', (_request, response) => {
      response.writeHead(200)
      response.write(Buffer.alloc(50_000_000))
    })
    const socket = connect(Number(new URL(other.gateway.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET /api/v1/rules HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(socket, 'readable')
    const began = performance.now()
    await other.close()
    expect(performance.now() - began).toBeLessThan(5_000)
    socket.destroy()
  })
})

const raw = (line: string): Promise<string> => exchange([`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`])

/** Everything the gateway says on one connection while the parts are sent. */
async function exchange(parts: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(new URL(world.gateway.url).port), '127.0.0.1', async () => {
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
