import ipaddr from 'ipaddr.js'

/**
 * Where the product may be made to connect to. Whoever enters an address makes this server call it from inside the network: what is
 * reached from here alone is reached for an admin's explicit word only.
 */
export type AddressVerdict =
  /** Anybody on the Internet could reach it. */
  | 'public'
  /** Within this network or this machine: only where an admin allows the host. */
  | 'private'
  /** Never: link-local addresses (where clouds serve their metadata), multicast, and what is no host's address. */
  | 'never'

const PRIVATE_RANGES = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat'])

// Metadata services whose addresses are among the private or public ones: AWS over IPv6, Alibaba, Oracle's old one, Azure's wire server.
const METADATA = new Set(['fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16'])

/** @param address as a socket has it: IPv4 or IPv6, without brackets */
export function judgeAddress(address: string): AddressVerdict {
  const [bare = ''] = address.split('%')
  if (!ipaddr.isValid(bare)) return 'never'
  // `process` turns an IPv4 address in IPv6's clothes (::ffff:127.0.0.1) into what it is.
  const parsed = ipaddr.process(bare)
  if (METADATA.has(parsed.toString())) return 'never'
  const range = parsed.range()
  if (range === 'unicast') return 'public'
  return PRIVATE_RANGES.has(range) ? 'private' : 'never'
}

const NAME = /^(?=.{1,253}$)([a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?\.)*[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?\.?$/

/** A host as URLs have it (lower case, IPv6 in brackets), and null for what is none. */
export function canonicalHost(given: string): string | null {
  const host = given.trim().toLowerCase()
  if (host.length > 253) return null
  if (host.includes(':') && !host.startsWith('[')) return canonicalHost(`[${host}]`)
  if (!URL.canParse(`http://${host}/`)) return null
  const { hostname, pathname, port, username } = new URL(`http://${host}/`)
  if (pathname !== '/' || port !== '' || username !== '') return null
  return hostname.startsWith('[') || NAME.test(hostname) ? hostname.replace(/\.$/, '') : null
}

export type TargetFault = 'scheme' | 'credentials' | 'fragment' | 'host' | 'not_allowed' | 'never' | 'not_encrypted'

/**
 * What is wrong with a webhook's address as far as it can be seen without asking DNS; null where nothing is.
 * @param allowedHosts canonical
 */
export function targetFault(url: URL, allowedHosts: ReadonlySet<string>): TargetFault | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme'
  // They would be shown to everyone who reads webhooks.
  if (url.username !== '' || url.password !== '') return 'credentials'
  if (url.hash !== '') return 'fragment'
  const host = canonicalHost(url.hostname)
  if (host === null) return 'host'
  const allowed = allowedHosts.has(host)
  const literal = host.startsWith('[') ? host.slice(1, -1) : host
  if (ipaddr.isValid(literal)) {
    const verdict = judgeAddress(literal)
    if (verdict === 'never') return 'never'
    if (verdict === 'private' && !allowed) return 'not_allowed'
  } else if ((host === 'localhost' || host.endsWith('.localhost')) && !allowed) return 'not_allowed'
  // What is told is not for whoever listens on the way; within an own network an admin answers for that.
  return url.protocol === 'http:' && !allowed ? 'not_encrypted' : null
}
