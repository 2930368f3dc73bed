import { generateSigningKey, signToken } from '@reprieve/auth'
import { afterEach, describe, expect, it } from 'vitest'
import { type RunningDirectory, runDirectory } from './running-directory.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SECRET = 'thirty-two characters at the least, and these are more'

describe('signing keys', () => {
  let running: RunningDirectory | undefined

  afterEach(async () => {
    await running?.close()
    running = undefined
  })

  const start = async (environment: Record<string, string> = {}) => {
    running = await runDirectory(environment)
    return running
  }
  const keys = async ({ api }: RunningDirectory, token: string) =>
    (await api('GET /signing-keys', { token })).body.items
  const kidOf = (token: string): string =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
  const kept = async ({ database }: RunningDirectory) =>
    await database.db.selectFrom('signing_key').select(['kid', 'private_jwk', 'sealed']).execute()

  it('are published with their public halves alone', async () => {
    const { api, signIn, published } = await start()
    const { status, body } = await api('GET /.well-known/jwks.json')
    expect(status).toBe(200)
    expect(body.keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: kidOf(await signIn()), alg: 'EdDSA', use: 'sig' },
    ])
    await expect.poll(() => published.filter(({ subject }) => subject.case === 'signingKey')).toHaveLength(1)
    expect(JSON.stringify(published.map(({ subject }) => subject.value))).not.toContain('\\"d\\"')
  })

  it('are made before their time on request: announced for an hour, then signing, while the old one still verifies', async () => {
    const directory = await start({ REPRIEVE_SESSION_HOURS: '24' })
    const { api, clock, signIn } = directory
    const token = await signIn()
    clock.advance(1_000)
    const made = await api('POST /signing-keys', { token })
    expect(made).toMatchObject({ status: 201, body: { signs: false, retiredAt: null } })
    expect((await api('GET /.well-known/jwks.json')).body.keys).toHaveLength(2)
    expect(kidOf(await signIn())).toBe(kidOf(token))
    clock.advance(HOUR_MS)
    expect(kidOf(await signIn())).toBe(made.body.kid)
    expect((await api('GET /me', { token })).status).toBe(200)
  })

  it('of which one has leaked: nothing that it signed counts any more, and another signs at once', async () => {
    const directory = await start()
    const { api, clock, signIn } = directory
    const token = await signIn()
    clock.advance(1_000)
    expect((await api(`DELETE /signing-keys/${kidOf(token)}`, { token })).status).toBe(204)
    await expect.poll(async () => (await api('GET /me', { token })).status, { timeout: 3_000 }).toBe(401)
    const renewed = await signIn()
    expect(kidOf(renewed)).not.toBe(kidOf(token))
    const listed = await keys(directory, renewed)
    expect(listed).toMatchObject([
      { kid: kidOf(token), signs: false, retiredAt: expect.any(String) },
      { kid: kidOf(renewed), signs: true, retiredAt: null },
    ])
    expect((await api('GET /.well-known/jwks.json')).body.keys).toHaveLength(1)
    expect((await api('DELETE /signing-keys/unknown', { token: renewed })).status).toBe(404)
  })

  it('replace each other in their time at a start, and the replaced one gets its end', async () => {
    const directory = await start({ REPRIEVE_SIGNING_KEY_DAYS: '30' })
    const { clock, signIn, startAnother } = directory
    const first = kidOf(await signIn())
    clock.advance(30 * DAY_MS)
    await (await startAnother()).close()
    clock.advance(HOUR_MS)
    await (await startAnother()).close()
    const token = await signIn()
    const [old, next] = await keys(directory, token)
    expect(old).toMatchObject({ kid: first, signs: false })
    // As long as the longest token that it may have signed.
    expect(Date.parse(old.retiredAt) - clock.now().getTime()).toBe(366 * DAY_MS)
    expect(next).toMatchObject({ kid: kidOf(token), signs: true, retiredAt: null })
  })

  it('are for those who operate or audit the installation', async () => {
    const { api, signIn } = await start()
    const admin = await signIn()
    const body = { email: 'm@example.com', name: 'M', role: 'exceptionsManager', password: 'right password' }
    await api('POST /users', { token: admin, body })
    const token = await signIn('m@example.com', 'right password')
    expect((await api('GET /signing-keys', { token })).status).toBe(403)
    expect((await api('POST /signing-keys', { token })).status).toBe(403)
  })

  it('of nobody’s making sign nothing that counts', async () => {
    const { api, clock } = await start()
    const { key } = await generateSigningKey()
    const forged = await signToken(key, {
      kind: 'session',
      tokenId: '01890000-0000-7000-8000-000000000001',
      userId: '01890000-0000-7000-8000-000000000002',
      issuedAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + HOUR_MS),
      permissions: null,
    })
    expect((await api('GET /me', { token: forged })).status).toBe(401)
  })

  describe('kept in the database', () => {
    it('are sealed where a secret is given, and open with that one only', async () => {
      const directory = await start({ REPRIEVE_KEY_ENCRYPTION_SECRET: SECRET })
      const [key] = await kept(directory)
      expect(key?.sealed).toBe(true)
      expect(key?.private_jwk).not.toContain('"d"')
      const another = await directory.startAnother()
      expect((await another.api('GET /me', { token: await directory.signIn() })).status).toBe(200)
      for (const other of [`${SECRET}!`, '']) {
        await expect(directory.startAnother({ REPRIEVE_KEY_ENCRYPTION_SECRET: other })).rejects.toThrow(
          /REPRIEVE_KEY_ENCRYPTION_SECRET/,
        )
      }
    })

    it('are sealed at the first start that has a secret, and go on signing', async () => {
      const directory = await start()
      const token = await directory.signIn()
      expect(await kept(directory)).toMatchObject([{ sealed: false }])
      const sealing = await directory.startAnother({ REPRIEVE_KEY_ENCRYPTION_SECRET: SECRET })
      expect(await kept(directory)).toMatchObject([{ kid: kidOf(token), sealed: true }])
      expect((await sealing.api('GET /me', { token })).status).toBe(200)
    })
  })
})
