import { sql } from 'kysely'
import type { ScopeDatabase } from './tables.js'

// Readers look several times a second; one that was away for longer than this reads everything anew.
const KEPT_MS = 600_000

interface Mark {
  readonly at: number
  /** All transactions before it had ended by then. */
  readonly xid: string
}

/** Lets go of changes of the inventory that whoever reads them has read. */
export class InventoryLog {
  #marks: Mark[] = []

  /** @param elapsed milliseconds, of a clock that is never set */
  constructor(
    private readonly database: ScopeDatabase,
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  async prune(): Promise<void> {
    await this.#mend()
    const { db } = this.database
    const { rows } = await sql<{ xid: string }>`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid`.execute(db)
    const now = this.elapsed()
    if (rows[0] !== undefined) this.#marks.push({ at: now, xid: rows[0].xid })
    const old = this.#marks.filter(({ at }) => now - at >= KEPT_MS)
    const newest = old.at(-1)
    if (newest === undefined) return
    // Readers see both or neither.
    await this.database.transaction(async (tx) => {
      await sql`UPDATE inventory_log SET kept_from = ${newest.xid}::xid8 WHERE kept_from < ${newest.xid}::xid8`.execute(
        tx,
      )
      await sql`DELETE FROM inventory_change WHERE xid < ${newest.xid}::xid8`.execute(tx)
    })
    this.#marks = this.#marks.filter((mark) => !old.includes(mark))
  }

  /** A database that was restored into another server has changes of transactions that this one has not come to yet. */
  async #mend(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await sql`UPDATE inventory_log SET kept_from = '0' WHERE kept_from > pg_snapshot_xmax(pg_current_snapshot())`.execute(
        tx,
      )
      await sql`DELETE FROM inventory_change WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())`.execute(tx)
    })
  }
}
