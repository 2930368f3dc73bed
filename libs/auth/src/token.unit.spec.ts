import { generateKeyPairSync } from 'node:crypto'
import { ManualClock } from '@reprieve/clock'
import { SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { generateSigningKey, type SigningKey, type VerificationKey, verificationKey } from './signing-key.js'
import { signToken, TOKEN_AUDIENCE, TOKEN_ISSUER, type TokenClaims, verifyToken } from './token.js'

const clock = new ManualClock()
const claims: TokenClaims = {
  kind: 'session',
  tokenId: '019b0000-0000-7000-8000-000000000001',
  userId: '019b0000-0000-7000-8000-000000000002',
  issuedAt: clock.now(),
  expiresAt: new Date(clock.now().getTime() + 3_600_000),
  permissions: null,
}

let key: SigningKey
let known: VerificationKey
beforeAll(async () => {
  key = (await generateSigningKey()).key
  known = verificationKey(key.publicJwk)
})

const keyFor = (kid: string): VerificationKey | null => (kid === known.kid ? known : null)
const verify = (token: string, now = clock) => verifyToken(token, keyFor, now)
const fault = (code: string) => ({ fault: code, detail: expect.stringMatching(/\.$/) as string })

/** A token of ours but for what is changed. */
const odd = (change: { header?: object; payload?: object; without?: string; key?: Parameters<SignJWT['sign']>[0] }) => {
  const payload: Record<string, unknown> = {
    iss: TOKEN_ISSUER,
    aud: TOKEN_AUDIENCE,
    sub: claims.userId,
    jti: claims.tokenId,
    iat: claims.issuedAt.getTime() / 1_000,
    exp: claims.expiresAt.getTime() / 1_000,
    ...change.payload,
  }
  if (change.without !== undefined) delete payload[change.without]
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'reprieve-session+jwt', kid: key.kid, ...change.header })
    .sign(change.key ?? key.privateKey)
}

describe('a token', () => {
  it.each(['session', 'access'] as const)('says as a %s what it was signed with', async (kind) => {
    const all: TokenClaims = { ...claims, kind, permissions: ['instances.publish'] }
    expect(await verify(await signToken(key, all))).toEqual(all)
    expect(await verify(await signToken(key, { ...all, permissions: null }))).toEqual({ ...all, permissions: null })
  })

  it('counts until the second it ends', async () => {
    const token = await signToken(key, claims)
    const at = (ms: number) => new ManualClock(new Date(claims.expiresAt.getTime() + ms))
    expect(await verify(token, at(-1))).toMatchObject({ tokenId: claims.tokenId })
    expect(await verify(token, at(0))).toEqual(fault('TOKEN_EXPIRED'))
  })

  it('may come from a clock that is a little ahead, and no further', async () => {
    const token = await signToken(key, claims)
    const before = (ms: number) => new ManualClock(new Date(claims.issuedAt.getTime() - ms))
    expect(await verify(token, before(30_000))).toMatchObject({ tokenId: claims.tokenId })
    expect(await verify(token, before(31_000))).toEqual(fault('TOKEN_NOT_YET_VALID'))
  })

  it('does not count with a letter changed anywhere', async () => {
    const token = await signToken(key, claims)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody else' })).toString('base64url')
    expect(await verify(`${header}.${other}.${signature}`)).toEqual(fault('TOKEN_SIGNATURE_WRONG'))
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    expect(await verify(`${header}.${payload}.${flipped}`)).toEqual(fault('TOKEN_SIGNATURE_WRONG'))
  })

  it('does not count without a signature', async () => {
    const token = new UnsecuredJWT({ sub: claims.userId, jti: claims.tokenId }).setExpirationTime('1h').encode()
    expect(await verify(token)).toEqual(fault('TOKEN_ALGORITHM_REFUSED'))
  })

  it('does not count when the public key was used as the secret of another algorithm', async () => {
    const secret = Buffer.from(key.publicJwk.x, 'base64url')
    expect(await verify(await odd({ header: { alg: 'HS256' }, key: secret }))).toEqual(fault('TOKEN_ALGORITHM_REFUSED'))
  })

  it('does not count by a key that is unknown, or under another’s name', async () => {
    const stranger = (await generateSigningKey()).key
    expect(await verify(await signToken(stranger, claims))).toEqual(fault('TOKEN_KEY_UNKNOWN'))
    expect(await verify(await odd({ key: stranger.privateKey }))).toEqual(fault('TOKEN_SIGNATURE_WRONG'))
  })

  it.each([
    ['of another type', { header: { typ: 'JWT' } }, 'TOKEN_MALFORMED'],
    ['without a type', { header: { typ: undefined } }, 'TOKEN_MALFORMED'],
    ['without a key id', { header: { kid: undefined } }, 'TOKEN_MALFORMED'],
    ['from another issuer', { payload: { iss: 'elsewhere' } }, 'TOKEN_MISDIRECTED'],
    ['for another audience', { payload: { aud: 'elsewhere' } }, 'TOKEN_MISDIRECTED'],
    ['that does not count yet', { payload: { nbf: 4_000_000_000 } }, 'TOKEN_NOT_YET_VALID'],
    ['without an owner', { without: 'sub' }, 'TOKEN_MALFORMED'],
    ['without an id', { without: 'jti' }, 'TOKEN_MALFORMED'],
    ['without an end', { without: 'exp' }, 'TOKEN_MALFORMED'],
    ['without an issuer', { without: 'iss' }, 'TOKEN_MALFORMED'],
    ['with an end that is no time', { payload: { exp: 'never' } }, 'TOKEN_MALFORMED'],
    ['with permissions that are no list', { payload: { permissions: 'all' } }, 'TOKEN_MALFORMED'],
  ])('%s does not count', async (_, change, code) => {
    expect(await verify(await odd(change))).toEqual(fault(code))
  })

  it('is narrowed by permissions that nobody knows to nothing, not to everything', async () => {
    expect(await verify(await odd({ payload: { permissions: ['time.travel'] } }))).toMatchObject({ permissions: [] })
  })

  it.each([
    '',
    'x',
    '..',
    'a.b.c',
    'e30.e30.e30',
    `${'A'.repeat(5_000)}.e30.e30`,
    '\u0000.\u0000.\u0000',
    '{"alg":"EdDSA"}',
  ])('is not %j', async (text) => {
    expect(await verify(text)).toMatchObject({ fault: expect.stringMatching(/^TOKEN_/) as string })
  })

  it('is not judged at all when its key cannot be looked up', async () => {
    const away = new Error('the database is away')
    const token = await signToken(key, claims)
    await expect(verifyToken(token, () => Promise.reject(away), clock)).rejects.toBe(away)
  })
})

describe('a verification key', () => {
  it('is Ed25519 with a kid, and nothing else', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    for (const jwk of [null, {}, publicKey.export({ format: 'jwk' }), { ...key.publicJwk, kid: '' }]) {
      expect(() => verificationKey(jwk)).toThrow(TypeError)
    }
  })

  it('is announced without its private half', async () => {
    const { privateJwk, key: made } = await generateSigningKey()
    expect(privateJwk.d).toMatch(/^[\w-]{43}$/)
    expect(made.publicJwk).not.toHaveProperty('d')
    expect(made.kid).toBe(made.publicJwk.kid)
  })
})
