import { lookUntil } from '@reprieve/people'
import type { InstanceFilter } from './instance-filter.js'
import type { ScopeDatabase } from './tables.js'

/** An exception, as far as lists of its instances need it. */
export interface ReadException {
  readonly requesterId: string
  readonly approverIds: readonly string[]
  /** Its members at a time; with null those that matter now: of a live one the present ones, of an ended one those at its end. */
  membersAt(asOf: Date | null): NonNullable<InstanceFilter['memberOf']>
}

const NOBODY = { exception: 0, at: null }

export class ExceptionReader {
  constructor(private readonly database: ScopeDatabase) {}

  /** Waits up to two seconds for one that has not been heard of yet. */
  async waitFor(id: string): Promise<ReadException | null> {
    return await lookUntil(
      () => this.#find(id),
      (exception) => exception !== null,
    )
  }

  async #find(id: string): Promise<ReadException | null> {
    const row = await this.database.db
      .selectFrom('exception')
      .select(['key', 'live', 'requester_id', 'approver_ids', 'active_from', 'active_until', 'ended_at'])
      .where('id', '=', id)
      .where('effect', '<>', 'none')
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      requesterId: row.requester_id,
      approverIds: row.approver_ids,
      membersAt: (asOf) => {
        if (asOf === null) {
          // The end is exclusive: what was so just before it.
          return { exception: row.key, at: row.ended_at === null ? null : new Date(row.ended_at.getTime() - 1) }
        }
        const { active_from, active_until } = row
        // One that was in force covered nothing before and after; one that never was tells what it would have covered.
        if (active_from !== null && (asOf < active_from || (active_until !== null && asOf >= active_until)))
          return NOBODY
        return { exception: row.key, at: asOf }
      },
    }
  }
}
