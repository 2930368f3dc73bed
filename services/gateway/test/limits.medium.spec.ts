import { afterEach, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.js'

let world: World
afterEach(async () => {
  await world.close()
})

const few = { requestsPerSecond: 1, requestsBurst: 5 }

const statuses = async (times: number, ask: () => Promise<Response>): Promise<Record<number, number>> => {
  const counted: Record<number, number> = {}
  for (const response of await Promise.all(Array.from({ length: times }, ask))) {
    counted[response.status] = (counted[response.status] ?? 0) + 1
    if (response.status === 429) {
      expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
    }
  }
  return counted
}

const ask = (token?: string) => () =>
  world.call('GET', '/api/v1/me', token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })

describe('the rate of requests', () => {
  it('is limited for each principal, whatever token is used', async () => {
    world = await startWorld({ limits: few })
    const ann = await world.token('ann')
    expect(await statuses(8, ask(ann))).toEqual({ 200: 5, 429: 3 })
    expect(await statuses(1, ask(await world.token('ann', { kind: 'access', tokenId: 'other' })))).toEqual({ 429: 1 })
    const cookie = { headers: { cookie: `reprieve_session=${ann}` } }
    expect(await statuses(1, () => world.call('GET', '/api/v1/me', cookie))).toEqual({ 429: 1 })
    expect(await statuses(2, ask(await world.token('ben')))).toEqual({ 200: 2 })
  })

  it('counts by address where nobody is known: with no token, a made-up one, an expired one', async () => {
    world = await startWorld({ limits: few })
    const expired = await world.token('ann', { expiresAt: new Date(Date.now() - 1_000) })
    const counted = [await statuses(2, ask()), await statuses(2, ask('made.up.token')), await statuses(2, ask(expired))]
    expect(counted).toEqual([{ 200: 2 }, { 200: 2 }, { 200: 1, 429: 1 }])
  })

  it('does not hold for probes', async () => {
    world = await startWorld({ limits: few })
    expect(await statuses(30, () => world.call('GET', '/healthz'))).toEqual({ 200: 30 })
  })

  it('does not depend on the directory: without its keys everybody counts by address, and passes', async () => {
    world = await startWorld({ limits: few })
    const ann = await world.token('ann')
    await world.kill('directory')
    const rules = () => world.call('GET', '/api/v1/rules', { headers: { authorization: `Bearer ${ann}` } })
    expect(await statuses(6, rules)).toEqual({ 200: 5, 429: 1 })
    await world.revive('directory')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect(await statuses(3, rules)).toEqual({ 200: 3 })
  })
})

describe('signing in', () => {
  const attempt = (email: string) => () =>
    world.call('POST', '/api/v1/session', {
      body: JSON.stringify({ email, password: 'x' }),
      headers: { 'content-type': 'application/json' },
    })

  const answerWith = (status: number) =>
    world.answer('directory', async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(Buffer.concat(chunks))
    })

  it('passes the body on as it was', async () => {
    world = await startWorld()
    answerWith(200)
    expect(await (await attempt('ann@reprieve.example')()).json()).toEqual({
      email: 'ann@reprieve.example',
      password: 'x',
    })
    expect(world.seen[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '47' })
  })

  it('is refused after ten failures in a minute, also when they come at once, for that account alone', async () => {
    world = await startWorld()
    answerWith(401)
    expect(await statuses(25, attempt('ann@reprieve.example'))).toEqual({ 401: 10, 429: 15 })
    expect(await statuses(1, attempt('ANN@reprieve.example'))).toEqual({ 429: 1 })
    expect(await statuses(1, attempt('ben@reprieve.example'))).toEqual({ 401: 1 })
  })

  it('is not refused however often it succeeds, or the directory is away', async () => {
    world = await startWorld()
    answerWith(200)
    for (let n = 0; n < 5; n++) expect(await statuses(6, attempt('ann@reprieve.example'))).toEqual({ 200: 6 })
    await world.kill('directory')
    for (let n = 0; n < 5; n++) expect(await statuses(6, attempt('ann@reprieve.example'))).toEqual({ 503: 6 })
  })

  it('takes no large body, and a broken one to the directory', async () => {
    world = await startWorld()
    answerWith(400)
    const large = await world.call('POST', '/api/v1/session', { body: 'x'.repeat(20_000) })
    expect(large.status).toBe(413)
    expect((await world.call('POST', '/api/v1/session', { body: '{"email":7' })).status).toBe(400)
    expect((await world.call('POST', '/api/v1/session')).status).toBe(400)
  })
})
