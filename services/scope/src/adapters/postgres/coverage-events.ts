import { type Timestamp, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { exceptions } from '@reprieve/contracts'
import type { NewEvent, Outbox } from '@reprieve/outbox'
import type { Tx } from './tables.js'

/** An instance became covered by an exception, or stopped being so. */
export interface CoverageChange {
  readonly instanceId: string
  readonly revision: number
  readonly exceptionId: string
  readonly effect: 'suppress' | 'defer'
  readonly covered: boolean
  readonly at: Date
}

const BUCKETS = 64
// 500 changes are about 50 kB: well below what one record may have.
const CHANGES_PER_EVENT = 500

const EFFECTS = { suppress: exceptions.Effect.SUPPRESS, defer: exceptions.Effect.DEFER }

/** Tells other systems on coverage.v1, many changes in one event; one instance's changes have one key, so they stay in order. */
export async function appendCoverage(outbox: Outbox, tx: Tx, changes: readonly CoverageChange[]): Promise<void> {
  if (changes.length > 0) await outbox.append(tx, ...coverageEvents(changes))
}

/** @param snapshot of which all that is covered these are a part */
export function coverageEvents(changes: readonly CoverageChange[], snapshot?: string): NewEvent<'coverage.v1'>[] {
  const latest = new Date(changes.reduce((last, { at }) => Math.max(last, at.getTime()), Number.NEGATIVE_INFINITY))
  const buckets = new Map<number, CoverageChange[]>()
  for (const change of changes) {
    const bucket = bucketOf(change.instanceId)
    const of = buckets.get(bucket)
    if (of === undefined) buckets.set(bucket, [change])
    else of.push(change)
  }
  const timestampOf = timestamps()
  return [...buckets].flatMap(([bucket, all]) => {
    const parts = Array.from({ length: Math.ceil(all.length / CHANGES_PER_EVENT) }, (_, part) =>
      all.slice(part * CHANGES_PER_EVENT, (part + 1) * CHANGES_PER_EVENT),
    )
    return parts.map((part) => ({
      ...envelope(bucket, latest),
      body: {
        changes: part.map((change) => ({
          instanceId: change.instanceId,
          exceptionId: change.exceptionId,
          effect: EFFECTS[change.effect],
          covered: change.covered,
          at: timestampOf(change.at),
          instanceVersion: BigInt(change.revision),
        })),
        ...(snapshot === undefined ? {} : { snapshot: { id: snapshot, last: false } }),
      },
    }))
  })
}

/** The last record of a snapshot, for each key. */
export function snapshotEnds(snapshot: string, at: Date): NewEvent<'coverage.v1'>[] {
  return Array.from({ length: BUCKETS }, (_, bucket) => ({
    ...envelope(bucket, at),
    body: { changes: [], snapshot: { id: snapshot, last: true } },
  }))
}

const envelope = (bucket: number, at: Date) => ({
  topic: 'coverage.v1' as const,
  subjectId: `bucket-${String(bucket).padStart(2, '0')}`,
  // A bucket is no aggregate: the newest of an instance is told by the instance's own version.
  version: at.getTime(),
  actor: null,
  at,
})

/** Nearly all changes of a transaction are of one time: a message of it is made once. */
function timestamps(): (at: Date) => Timestamp {
  const made = new Map<number, Timestamp>()
  return (at) => {
    const known = made.get(at.getTime())
    if (known !== undefined) return known
    const timestamp = timestampFromDate(at)
    made.set(at.getTime(), timestamp)
    return timestamp
  }
}

/** By the last digits of the id, which are random. */
const bucketOf = (instanceId: string): number => Number.parseInt(instanceId.slice(-6), 16) % BUCKETS
