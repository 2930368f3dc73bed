import { binaryArray } from '@reprieve/database'
import { type RawBuilder, sql } from 'kysely'
import { lockAssetKeys } from './asset.rows.js'
import type { Tx } from './tables.js'

/** Where a job stands that goes over all instances, asset by asset. */
export interface Cursor {
  readonly asset: number
  readonly instance: number
}

/** Instances after a cursor, up to and with `to`; their assets are locked. */
export interface InstanceRange {
  readonly after: Cursor
  readonly to: Cursor
  readonly count: number
  /** Over `i`. */
  readonly condition: RawBuilder<boolean>
}

/**
 * The next instances after a cursor, at most `size`, with their assets locked so that nobody changes them meanwhile.
 * @param where further condition over `i`
 * @returns null where there is none
 */
export async function nextRange(
  tx: Tx,
  after: Cursor,
  size: number,
  where: RawBuilder<unknown> = sql`true`,
): Promise<InstanceRange | null> {
  const { rows } = await sql<{ assets: number[] | null; count: number; asset: number; instance: number }>`
    WITH next AS (
      SELECT i.asset_key, i.key FROM instance i
      WHERE (i.asset_key, i.key) > (${after.asset}, ${after.instance}) AND ${where}
      ORDER BY i.asset_key, i.key LIMIT ${size}
    )
    SELECT array_agg(DISTINCT asset_key) AS assets, count(*) AS count,
      (array_agg(asset_key ORDER BY asset_key DESC, key DESC))[1] AS asset,
      (array_agg(key ORDER BY asset_key DESC, key DESC))[1] AS instance
    FROM next`.execute(tx)
  const [row] = rows
  if (row?.assets == null) return null
  await lockAssetKeys(tx, row.assets)
  return {
    after,
    to: { asset: row.asset, instance: row.instance },
    count: row.count,
    // What others have stored since on assets that are not locked is theirs: they know all that this job is about. Not as an index
    // condition (+ 0), which would look every asset up by itself.
    condition: sql<boolean>`(i.asset_key, i.key) > (${after.asset}, ${after.instance})
      AND (i.asset_key, i.key) <= (${row.asset}, ${row.instance})
      AND i.asset_key + 0 = ANY(${binaryArray('int4', row.assets)}::int4[]) AND ${where}`,
  }
}
