import { isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** What an address counts as where attempts are counted: one customer of an IPv6 network has a whole /64. */
export function networkOf(address: string): string {
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

/**
 * Where a request comes from, as the gateway says, which believes no client about it. Whoever reaches a service without it can claim any:
 * nothing may be allowed because of an address alone.
 */
export function clientNetwork(request: Pick<FastifyRequest, 'headers' | 'ip'>): string {
  const said = request.headers['x-forwarded-for']
  return networkOf((typeof said === 'string' ? said.split(',', 1)[0]?.trim() : undefined) || request.ip).slice(0, 100)
}
