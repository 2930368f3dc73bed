import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { exceptions } from '@reprieve/contracts'
import type { Outbox } from '@reprieve/outbox'
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
  const latest = new Date(Math.max(...changes.map(({ at }) => at.getTime())))
  const buckets = Map.groupBy(changes, ({ instanceId }) => bucketOf(instanceId))
  const events = [...buckets].flatMap(([bucket, all]) => {
    const parts = Array.from({ length: Math.ceil(all.length / CHANGES_PER_EVENT) }, (_, part) =>
      all.slice(part * CHANGES_PER_EVENT, (part + 1) * CHANGES_PER_EVENT),
    )
    return parts.map((part) => ({
      topic: 'coverage.v1' as const,
      subjectId: bucket,
      // A bucket is no aggregate: the newest of an instance is told by the instance's own version.
      version: latest.getTime(),
      actor: null,
      at: latest,
      body: {
        changes: part.map((change) => ({
          instanceId: change.instanceId,
          exceptionId: change.exceptionId,
          effect: EFFECTS[change.effect],
          covered: change.covered,
          at: timestampFromDate(change.at),
          instanceVersion: BigInt(change.revision),
        })),
      },
    }))
  })
  await outbox.append(tx, ...events)
}

/** By the last digits of the id, which are random. */
const bucketOf = (instanceId: string): string =>
  `bucket-${String(Number.parseInt(instanceId.slice(-6), 16) % BUCKETS).padStart(2, '0')}`
