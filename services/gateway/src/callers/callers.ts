import { isTokenFault, verifyToken } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { bearerToken, networkOf, sessionToken } from '@reprieve/http-kit'
import type { FastifyRequest } from 'fastify'
import type { KeySet } from './key-set.js'

export interface Caller {
  /** `user:<id>`, or `address:<address>`. */
  key: string
  /** The session that somebody signed in for, with its token; null for access tokens and for nobody. */
  session: { id: string; token: string } | null
}

/**
 * Who is calling, as far as it matters for limits. Nobody is let in or kept out by it: each service verifies the token itself, and a
 * token that cannot be verified here just counts by its address.
 */
export class Callers {
  readonly #keys: KeySet
  readonly #clock: Clock

  constructor(keys: KeySet, clock: Clock) {
    this.#keys = keys
    this.#clock = clock
  }

  async of(request: FastifyRequest): Promise<Caller> {
    const nobody = { key: byAddress(request.ip), session: null }
    const token = bearerToken(request.headers.authorization) ?? sessionToken(request.headers.cookie)
    if (token === null) return nobody
    const claims = await verifyToken(token, (kid) => this.#keys.keyFor(kid), this.#clock)
    if (isTokenFault(claims)) return nobody
    const session = claims.kind === 'session' ? { id: claims.tokenId, token } : null
    return { key: `user:${claims.userId}`, session }
  }
}

export const byAddress = (address: string): string => `address:${networkOf(address)}`
