import type { Permission } from '@reprieve/auth'
import { LONGEST_TOKEN_LIFE_MS } from './signing-key.js'

export interface Token {
  id: string
  kind: 'session' | 'access'
  userId: string
  /** Null for sessions. */
  name: string | null
  /** Null: all that the owner may do. */
  permissions: readonly Permission[] | null
  kid: string
  version: number
  createdAt: Date
  expiresAt: Date
  revokedAt: Date | null
}

/** Why an access token cannot expire then, in words for its maker; null where it can. */
export function expiryFault(expiresAt: Date, now: Date): string | null {
  if (expiresAt <= now) return 'must be in the future'
  if (expiresAt.getTime() - now.getTime() > LONGEST_TOKEN_LIFE_MS) return 'must be at most 366 days from now'
  return null
}
