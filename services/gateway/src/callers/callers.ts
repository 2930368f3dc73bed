import { isIPv6 } from 'node:net'
import { isTokenFault, verifyToken } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { bearerToken, sessionToken } from '@reprieve/http-kit'
import type { FastifyRequest } from 'fastify'
import type { KeySet } from './key-set.js'

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

  /** `user:<id>`, or `address:<address>`. */
  async of(request: FastifyRequest): Promise<string> {
    const token = bearerToken(request.headers.authorization) ?? sessionToken(request.headers.cookie)
    if (token === null) return byAddress(request.ip)
    const claims = await verifyToken(token, (kid) => this.#keys.keyFor(kid), this.#clock)
    return isTokenFault(claims) ? byAddress(request.ip) : `user:${claims.userId}`
  }
}

export const byAddress = (address: string): string => `address:${network(address)}`

// One customer of an IPv6 network has a whole /64.
function network(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole =
    tail === undefined ? groups : [...groups, ...Array(8 - groups.length - after.length).fill('0'), ...after]
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
