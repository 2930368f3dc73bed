import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'

/** A public key as everyone may know it: Ed25519, for signatures alone. */
export interface PublicJwk {
  kty: 'OKP'
  crv: 'Ed25519'
  x: string
  kid: string
  alg: 'EdDSA'
  use: 'sig'
}

/** Its private half as it is kept: whoever holds it can sign anything. */
export interface PrivateJwk extends PublicJwk {
  d: string
}

export interface SigningKey {
  kid: string
  privateKey: KeyObject
  publicJwk: PublicJwk
}

export interface VerificationKey {
  kid: string
  publicKey: KeyObject
}

/** Makes a key pair. Its `kid` is the RFC 7638 thumbprint, so no two keys share one. */
export async function generateSigningKey(): Promise<{ key: SigningKey; privateJwk: PrivateJwk }> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x, d } = privateKey.export({ format: 'jwk' }) as { x: string; d: string }
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x } as JWK)
  const privateJwk: PrivateJwk = { kty: 'OKP', crv: 'Ed25519', x, d, kid, alg: 'EdDSA', use: 'sig' }
  return { key: signingKey(privateJwk), privateJwk }
}

/** A kept private key, ready to sign. @throws if it is none */
export function signingKey(jwk: PrivateJwk): SigningKey {
  const { d: _, ...publicJwk } = jwk
  return { kid: jwk.kid, privateKey: createPrivateKey({ key: { ...jwk }, format: 'jwk' }), publicJwk }
}

/** A public key, ready to verify. @throws if it is not an Ed25519 key with a `kid` */
export function verificationKey(jwk: unknown): VerificationKey {
  const { kty, crv, x, kid } = (jwk ?? {}) as Partial<PublicJwk>
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || typeof kid !== 'string' || kid === '') {
    throw new TypeError('not a public Ed25519 key with a kid')
  }
  return { kid, publicKey: createPublicKey({ key: { kty, crv, x }, format: 'jwk' }) }
}

export interface RotationPolicy {
  /** How long a key signs. */
  signsForMs: number
  /** How long a new key is known before it signs, so that every service has heard of it. */
  announcedForMs: number
  /** The longest life of a token. A key verifies this long after it has stopped to sign. */
  longestTokenMs: number
}

export interface KnownKey {
  kid: string
  createdAt: Date
  /** From when on nothing it has signed counts; null while that is not yet known. */
  retiredAt: Date | null
}

export interface RotationPlan {
  /** The key to sign with now; null if there is none yet. */
  signWith: string | null
  /** A new key has to be made and announced. Where `signWith` is null it signs at once. */
  makeKey: boolean
  /** Keys whose end is now known. */
  retire: ReadonlyArray<{ kid: string; at: Date }>
}

/** What to do about the keys at this moment. Calling it often, or late, leads to the same keys. */
export function planRotation(keys: readonly KnownKey[], now: Date, policy: RotationPolicy): RotationPlan {
  const usable = keys
    .filter(({ retiredAt }) => retiredAt === null)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
  // The newest that everyone has heard of; a first key has nobody before it to sign meanwhile.
  const announced = usable.filter(({ createdAt }) => createdAt.getTime() + policy.announcedForMs <= now.getTime())
  const current = announced.at(-1) ?? usable[0]
  const newest = usable.at(-1)
  if (current === undefined || newest === undefined) return { signWith: null, makeKey: true, retire: [] }
  const nextIsDue = newest.createdAt.getTime() + policy.signsForMs - policy.announcedForMs <= now.getTime()
  const end = new Date(now.getTime() + policy.longestTokenMs)
  return {
    signWith: current.kid,
    makeKey: nextIsDue,
    retire: usable.slice(0, usable.indexOf(current)).map(({ kid }) => ({ kid, at: end })),
  }
}
