import { createHash } from 'node:crypto'
import { canonical } from './change.js'
import type { Entry } from './entry.js'
import type { Json } from './told.js'

/** An entry where it stands in the journal. */
export interface Placed extends Entry {
  /** Counts entries from 1, without a gap. */
  position: number
  recordedAt: Date
}

/**
 * What an entry is sealed with: SHA-256 over the entry before and all that it says itself. Whoever changes, drops or slips in an entry has
 * to change every hash after it, too, the newest included, which an auditor may have noted elsewhere.
 */
export function sealOf(previous: Uint8Array, entry: Placed): Uint8Array {
  const said: Json = [
    entry.position,
    entry.eventId,
    entry.at.toISOString(),
    entry.recordedAt.toISOString(),
    entry.actor === null ? null : [entry.actor.id, entry.actor.name],
    entry.type,
    [entry.subject.kind, entry.subject.id, entry.subject.name],
    entry.changes.map(({ field, from, to }) => [field, from, to]),
    entry.traceId,
  ]
  return createHash('sha256').update(previous).update(canonical(said)).digest()
}

export interface Link {
  position: number
  hash: Uint8Array
}

export type Fault = 'missing' | 'changed'

/**
 * Follows the chain from one link over the entries after it.
 * @returns the last link that holds, and what is wrong with the one after it; null where all hold
 */
export function follow(
  from: Link,
  entries: ReadonlyArray<Placed & { hash: Uint8Array }>,
): { last: Link; fault: Fault | null } {
  let last = from
  for (const entry of entries) {
    if (entry.position !== last.position + 1) return { last, fault: 'missing' }
    if (!Buffer.from(entry.hash).equals(sealOf(last.hash, entry))) return { last, fault: 'changed' }
    last = { position: entry.position, hash: entry.hash }
  }
  return { last, fault: null }
}
