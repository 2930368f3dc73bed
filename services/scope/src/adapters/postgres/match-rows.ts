import type { InstanceRow } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import { bulkRows } from './bulk-rows.js'
import { INSTANCE_FIELDS, INSTANCE_TABLES } from './instance-columns.js'
import type { Db } from './tables.js'

/** An instance as queries see it, with what its membership is written under. */
export type MatchRow = InstanceRow & {
  readonly id: string
  readonly key: number
  readonly asset_key: number
  readonly open: boolean
  readonly revision: number
}

/** Where an instance is: its partition goes with its key. */
export interface InstanceAt {
  readonly asset: number
  readonly instance: number
}

const SELECT = sql`SELECT ${INSTANCE_FIELDS}, i.key, i.asset_key, i.open, i.revision FROM ${INSTANCE_TABLES}`

export async function matchRowsOf(db: Db, instances: readonly InstanceAt[]): Promise<MatchRow[]> {
  if (instances.length === 0) return []
  const { rows } = await sql<MatchRow>`
    ${SELECT} JOIN ${bulkRows('wanted', instances, {
      asset_key: ['int4', (row) => row.asset],
      key: ['int8', (row) => row.instance],
    })} ON i.asset_key = wanted.asset_key AND i.key = wanted.key`.execute(db)
  return rows
}

/** Rows by a condition over `i`, `a` and `v`. */
export async function matchRowsWhere(db: Db, condition: RawBuilder<unknown>): Promise<MatchRow[]> {
  const { rows } = await sql<MatchRow>`${SELECT} WHERE ${condition}`.execute(db)
  return rows
}
