import { randomUUID } from 'node:crypto'
import {
  generateSigningKey,
  isTokenFault,
  type Permission,
  type Principal,
  type SigningKey,
  signToken,
  type TokenFault,
} from '@reprieve/auth'
import { ManualClock } from '@reprieve/clock'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PeoplePrincipals, PeopleReplica, type PeopleTables, peopleMigrations } from '../src/index.js'
import { accessToken, directoryEvent, role, signingKeySubject, user } from './directory-events.js'

const HOUR_MS = 3_600_000

describe('who a token speaks for', () => {
  const clock = new ManualClock()
  let testDatabase: TestDatabase
  let replica: PeopleReplica
  let principals: PeoplePrincipals
  let key: SigningKey
  let owner: string

  beforeAll(async () => {
    testDatabase = await createDatabase(peopleMigrations)
    const database = testDatabase.open<PeopleTables>()
    replica = new PeopleReplica(database, clock)
    principals = new PeoplePrincipals(database, clock)
    key = (await generateSigningKey()).key
    await replica.apply(directoryEvent(signingKeySubject(key.publicJwk)))
    await replica.apply(directoryEvent(role('owner', ['exceptions.request', 'instances.read'])))
  })

  beforeEach(async () => {
    owner = randomUUID()
    await replica.apply(directoryEvent(user(owner)))
  })

  afterAll(async () => testDatabase.drop())

  const sign = async (
    changes: {
      permissions?: Permission[]
      tokenId?: string
      userId?: string
      signedBy?: SigningKey
      hours?: number
    } = {},
  ) =>
    await signToken(changes.signedBy ?? key, {
      kind: 'session',
      tokenId: changes.tokenId ?? randomUUID(),
      userId: changes.userId ?? owner,
      issuedAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + (changes.hours ?? 1) * HOUR_MS),
      permissions: changes.permissions ?? null,
    })

  const fault = (result: Principal | TokenFault): string | null => (isTokenFault(result) ? result.fault : null)

  it('is its owner, with what the role allows', async () => {
    const tokenId = randomUUID()
    expect(await principals.principalOf(await sign({ tokenId }))).toEqual({
      id: owner,
      name: 'Ann',
      email: 'ann@example.com',
      role: 'owner',
      kind: 'person',
      permissions: new Set(['exceptions.request', 'instances.read']),
      narrowed: false,
      tokenId,
    })
  })

  it('may do what both the token and the role allow, by the role of this moment', async () => {
    const token = await sign({ permissions: ['instances.read', 'rules.manage'] })
    expect(await principals.principalOf(token)).toMatchObject({
      permissions: new Set(['instances.read']),
      narrowed: true,
    })
    await replica.apply(directoryEvent(role('nothing', [])))
    await replica.apply(directoryEvent(user(owner, { role: 'nothing' }), 2))
    expect(await principals.principalOf(token)).toMatchObject({ permissions: new Set(), role: 'nothing' })
  })

  it('is nobody from the moment the owner is deactivated', async () => {
    const token = await sign()
    expect(fault(await principals.principalOf(token))).toBeNull()
    await replica.apply(directoryEvent(user(owner, { active: false }), 2))
    expect(fault(await principals.principalOf(token))).toBe('OWNER_INACTIVE')
  })

  it('is nobody once the token is revoked; the owner’s other tokens still count', async () => {
    const tokenId = randomUUID()
    const [token, other] = [await sign({ tokenId }), await sign()]
    const expiresAt = new Date(clock.now().getTime() + HOUR_MS)
    await replica.apply(directoryEvent(accessToken(tokenId, owner, expiresAt)))
    expect(fault(await principals.principalOf(token))).toBeNull()
    await replica.apply(directoryEvent(accessToken(tokenId, owner, expiresAt, clock.now()), 2))
    expect(fault(await principals.principalOf(token))).toBe('TOKEN_REVOKED')
    expect(fault(await principals.principalOf(other))).toBeNull()
  })

  it('is nobody once the token has expired', async () => {
    const token = await sign({ hours: 1 })
    clock.advance(HOUR_MS + 1_000)
    expect(fault(await principals.principalOf(token))).toBe('TOKEN_EXPIRED')
  })

  it('can be asked again later, of many at once: what ended them meanwhile is told of each', async () => {
    const watch = async (token: string) => {
      const watched = await principals.watch(token)
      if (isTokenFault(watched)) throw new Error(watched.fault)
      return watched
    }
    const [revoked, expired, kept] = [randomUUID(), randomUUID(), randomUUID()]
    const leaving = randomUUID()
    await replica.apply(directoryEvent(user(leaving)))
    const retiring = (await generateSigningKey()).key
    await replica.apply(directoryEvent(signingKeySubject(retiring.publicJwk)))
    const tokens = await Promise.all(
      [
        await sign({ tokenId: revoked, hours: 9 }),
        await sign({ tokenId: expired, hours: 1 }),
        await sign({ tokenId: kept, hours: 9, permissions: ['instances.read'] }),
        await sign({ userId: leaving, hours: 9 }),
        await sign({ signedBy: retiring, hours: 9 }),
      ].map(watch),
    )
    const states = async () => {
      const judged = await principals.now(tokens)
      return tokens.map(({ claims }) => fault(judged.get(claims.tokenId) as Principal | TokenFault))
    }
    expect(await states()).toEqual([null, null, null, null, null])
    clock.advance(2 * HOUR_MS)
    const expiresAt = new Date(clock.now().getTime() + 7 * HOUR_MS)
    await replica.apply(directoryEvent(accessToken(revoked, owner, expiresAt, clock.now())))
    await replica.apply(directoryEvent(user(leaving, { active: false }), 2))
    await replica.apply(directoryEvent(signingKeySubject(retiring.publicJwk, clock.now()), 2))
    // A key that was retired is noticed within about a second.
    await expect
      .poll(states, { timeout: 3_000 })
      .toEqual(['TOKEN_REVOKED', 'TOKEN_EXPIRED', null, 'OWNER_INACTIVE', 'TOKEN_KEY_UNKNOWN'])
    expect((await principals.now(tokens)).get(kept)).toMatchObject({ permissions: new Set(['instances.read']) })
    expect(await principals.now([])).toEqual(new Map())
  })

  it('is found although owner, role and key are heard of only after the token', async () => {
    const [late, newKey] = [randomUUID(), (await generateSigningKey()).key]
    const asking = principals.principalOf(await sign({ userId: late, signedBy: newKey }))
    await new Promise((resolve) => setTimeout(resolve, 150))
    await replica.apply(directoryEvent(signingKeySubject(newKey.publicJwk)))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await replica.apply(directoryEvent(user(late, { role: 'late' })))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await replica.apply(directoryEvent(role('late', ['audit.read'])))
    expect(await asking).toMatchObject({ id: late, permissions: new Set(['audit.read']) })
  })

  it('is nobody where the key stays unknown, and a flood of such tokens is not waited for', async () => {
    const unknown = (await generateSigningKey()).key
    const started = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const answer = fault(await principals.principalOf(await sign({ signedBy: unknown })))
        return { answer, waited: performance.now() - started }
      }),
    )
    expect(new Set(answers.map(({ answer }) => answer))).toEqual(new Set(['TOKEN_KEY_UNKNOWN']))
    expect(answers.filter(({ waited }) => waited < 1_500)).toHaveLength(10)
  })

  it('is nobody within about a second after the key was retired', async () => {
    const leaked = (await generateSigningKey()).key
    await replica.apply(directoryEvent(signingKeySubject(leaked.publicJwk)))
    const token = await sign({ signedBy: leaked })
    expect(fault(await principals.principalOf(token))).toBeNull()
    await replica.apply(directoryEvent(signingKeySubject(leaked.publicJwk, clock.now()), 2))
    await expect
      .poll(async () => fault(await principals.principalOf(token)), { timeout: 1_500 })
      .toBe('TOKEN_KEY_UNKNOWN')
  })

  it('never is decided by an event whose key is none', async () => {
    await expect(
      replica.apply(directoryEvent({ case: 'signingKey', value: { kid: 'x', publicJwk: '{"kty":"oct"}' } })),
    ).rejects.toThrow('signing key x is not a public key')
    expect(fault(await principals.principalOf(await sign()))).toBeNull()
  })
})
