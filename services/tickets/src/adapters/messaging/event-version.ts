import type { events } from '@reprieve/contracts'
import type { Version } from '../../application/tickets.port.js'

/** An event without what the contract says it has: it can never be handled. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError'
}

export function versionOf(meta: events.EventMeta | undefined): Version {
  if (meta?.version === undefined) throw new MalformedEventError('an event needs meta.version')
  return { incarnation: Number(meta.version.incarnation), version: Number(meta.version.n) }
}
