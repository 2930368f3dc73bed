import type { PublicJwk } from '@reprieve/auth'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The public side of a key that signs tokens, will, or did. */
export interface SigningKeyRecord {
  kid: string
  publicJwk: PublicJwk
  version: number
  createdAt: Date
  /** No token signed by it is accepted from then on; null while its end is not known. */
  retiredAt: Date | null
}

/** Longest life of an access token: also how long a key verifies after it has stopped to sign. */
export const LONGEST_TOKEN_LIFE_MS = 366 * DAY_MS

/** How long a new key is published before it signs: longer than whatever keeps copies of the key set. */
export const ANNOUNCED_FOR_MS = HOUR_MS

/** A key that had its end earlier is not given a later one. */
export function retired(key: SigningKeyRecord, at: Date): SigningKeyRecord {
  if (key.retiredAt !== null && key.retiredAt <= at) return key
  return { ...key, retiredAt: at, version: key.version + 1 }
}
