import type pg from 'pg'

/**
 * Begins a new incarnation of a database that was restored from a backup: what its service publishes from now on is newer, for everybody,
 * than all that it published before. The service must not run meanwhile: it reads its incarnation once.
 * @returns the new one, in Unix milliseconds
 */
export async function beginIncarnation(database: Pick<pg.Pool, 'query'>): Promise<number> {
  // Never an earlier one, whatever the clock says.
  const { rows } = await database.query<{ started_at_ms: string }>(
    `UPDATE incarnation SET started_at_ms =
       greatest(started_at_ms + 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
     RETURNING started_at_ms`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('this is no database of a service: it has no incarnation')
  return Number(row.started_at_ms)
}
