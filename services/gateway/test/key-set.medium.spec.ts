import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateSigningKey, type PublicJwk } from '@reprieve/auth'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KeySet } from '../src/callers/key-set.js'

let server: Server
let keys: KeySet
let answer: { status: number; body: unknown }
let asked: number
let now: number
let warned: number

const publicKey = async (): Promise<PublicJwk> => (await generateSigningKey()).key.publicJwk

beforeEach(async () => {
  asked = 0
  warned = 0
  now = 0
  server = createServer((_request, response) => {
    asked += 1
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const log = {
    info() {},
    error() {},
    warn() {
      warned += 1
    },
  }
  keys = new KeySet(url, log, () => now)
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

describe('the key set', () => {
  it('is asked for once, however many wait for it', async () => {
    const key = await publicKey()
    answer = { status: 200, body: { keys: [key] } }
    const found = await Promise.all(Array.from({ length: 20 }, () => keys.keyFor(key.kid)))
    expect(found.map((each) => each?.kid)).toEqual(Array(20).fill(key.kid))
    expect(asked).toBe(1)
  })

  it('is asked for again when a new key turns up, but not for each that is made up', async () => {
    const [old, next] = [await publicKey(), await publicKey()]
    answer = { status: 200, body: { keys: [old] } }
    await keys.keyFor(old.kid)
    for (let n = 0; n < 50; n++) expect(await keys.keyFor(`made up ${n}`)).toBeNull()
    expect(asked).toBe(1)
    answer = { status: 200, body: { keys: [old, next] } }
    now += 1_001
    expect((await keys.keyFor(next.kid))?.kid).toBe(next.kid)
    expect(asked).toBe(2)
  })

  it('forgets a key that was retired, without making anyone wait', async () => {
    const [old, next] = [await publicKey(), await publicKey()]
    answer = { status: 200, body: { keys: [old, next] } }
    await keys.keyFor(old.kid)
    answer = { status: 200, body: { keys: [next] } }
    now += 60_001
    expect((await keys.keyFor(old.kid))?.kid).toBe(old.kid)
    await expect.poll(() => keys.keyFor(old.kid)).toBeNull()
    expect(asked).toBe(2)
  })

  it('uses the keys it can, whatever stands beside them', async () => {
    const key = await publicKey()
    answer = {
      status: 200,
      body: { keys: [null, { kty: 'RSA', kid: 'other' }, 7, key, { ...key, x: '?', kid: 'broken' }] },
    }
    expect((await keys.keyFor(key.kid))?.kid).toBe(key.kid)
    expect(await keys.keyFor('other')).toBeNull()
  })

  it.each([
    ['the directory fails', 500, {}],
    ['the answer is no key set', 200, { keys: 'none' }],
  ])('keeps what it has when %s', async (_, status, body) => {
    const key = await publicKey()
    answer = { status: 200, body: { keys: [key] } }
    await keys.keyFor(key.kid)
    answer = { status, body }
    now += 2_000
    expect(await keys.keyFor('another')).toBeNull()
    expect((await keys.keyFor(key.kid))?.kid).toBe(key.kid)
    expect(warned).toBe(1)
  })
})
