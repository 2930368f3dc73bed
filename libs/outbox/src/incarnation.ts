import type pg from 'pg'

type Queryable = Pick<pg.Pool, 'query'>

/**
 * Begins a new incarnation of a database that was restored from a backup: what its service publishes from now on is newer, for everybody,
 * than all that it published before, and at its next start it recollects what it published after the backup. The service must not run
 * meanwhile: it reads its incarnation once.
 * @returns the new one, in Unix milliseconds
 */
export async function beginIncarnation(database: Queryable): Promise<number> {
  // Never an earlier one, whatever the clock says.
  const { rows } = await database.query<{ started_at_ms: string }>(
    `UPDATE incarnation SET recollects = true, started_at_ms =
       greatest(started_at_ms + 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
     RETURNING started_at_ms`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('this is no database of a service: it has no incarnation')
  return Number(row.started_at_ms)
}

/** Whether what was published after the backup is still to be taken in again. */
export async function recollects(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ recollects: boolean }>('SELECT recollects FROM incarnation')
  return rows[0]?.recollects ?? false
}

/** All of it was taken in. */
export async function endRecollection(database: Queryable): Promise<void> {
  await database.query('UPDATE incarnation SET recollects = false')
}
