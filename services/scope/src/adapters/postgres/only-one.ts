import { sql } from 'kysely'
import type { Tx } from './tables.js'

// First key of two: tells these locks from all other advisory locks.
const SPACE = 7_302_012

const TASKS = ['sync', 'follow', 'rematch', 'flip', 'reconcile', 'house', 'feeds', 'groups'] as const
export type Task = (typeof TASKS)[number]

/** Whether this transaction is the only one that does a task now; otherwise another process is at it, and will do all there is. */
export async function isOnlyOne(tx: Tx, task: Task): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    SELECT pg_try_advisory_xact_lock(${SPACE}, ${TASKS.indexOf(task)}) AS mine`.execute(tx)
  return rows[0]?.mine ?? false
}
