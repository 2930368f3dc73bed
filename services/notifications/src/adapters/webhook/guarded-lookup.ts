import { type LookupAddress, type LookupOptions, lookup as lookupByDns } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { judgeAddress } from '../../domain/webhook-target.js'

type Lookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

export class AddressNotAllowedError extends Error {
  override readonly name = 'AddressNotAllowedError'
}

/** Whether a connection to this address may be made. */
export function isAllowed(address: string, hostAllowed: boolean): boolean {
  const verdict = judgeAddress(address)
  return verdict === 'public' || (verdict === 'private' && hostAllowed)
}

/**
 * Looks a host up for one connection and passes only addresses that are allowed on: what is judged is what is connected to, whatever DNS
 * said before or says next.
 * @param lookup where a test answers in DNS's place
 */
export function guardedLookup(hostAllowed: boolean, lookup: Lookup = lookupByDns): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, [])
      const allowed = addresses.filter(({ address }) => isAllowed(address, hostAllowed))
      const [first] = allowed
      if (first === undefined) return done(new AddressNotAllowedError(refusal(hostname)), [])
      if (options.all) return done(null, allowed)
      done(null, first.address, first.family)
    })
  }
}

/** An address that stands in the URL itself is never looked up: it is judged here. */
export function refuseLiteral(hostname: string, hostAllowed: boolean): void {
  const bare = hostname.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0 && !isAllowed(bare, hostAllowed)) throw new AddressNotAllowedError(refusal(hostname))
}

const refusal = (host: string): string =>
  `${host} has no address that may be connected to: it is within the network, and no admin has allowed the host`
