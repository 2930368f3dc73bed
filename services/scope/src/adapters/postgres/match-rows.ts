import { binaryArray } from '@reprieve/database'
import type { InstanceRow } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import { bulkRows } from './bulk-rows.js'
import { INSTANCE_COLUMNS, INSTANCE_TABLES, tablesNamed } from './instance-columns.js'
import type { Db } from './tables.js'

/** An instance as queries see it, with what its membership is written under. */
export type MatchRow = InstanceRow & {
  readonly id: string
  readonly key: number
  readonly asset_key: number
  readonly vulnerability_key: number
  readonly open: boolean
  readonly revision: number
}

/** Where an instance is: its partition goes with its key. */
export interface InstanceAt {
  readonly asset: number
  readonly instance: number
}

/** Fields by where they come from: of the instance (or of both it and its vulnerability), of its asset alone, of its vulnerability alone. */
const fieldsOf = (tables: 'i' | 'a' | 'v') =>
  Object.entries(INSTANCE_COLUMNS).filter(([, column]) => {
    const named = tablesNamed(column.sql)
    return named.size === 1 && !named.has('i') ? named.has(tables) : tables === 'i'
  })

const selected = (fields: ReturnType<typeof fieldsOf>) =>
  sql.join(fields.map(([field, column]) => sql`${sql.raw(column.sql)} AS ${sql.id(field)}`))

const OF_INSTANCE = selected(fieldsOf('i'))
const OF_ASSET = selected(fieldsOf('a'))
const OF_VULNERABILITY = selected(fieldsOf('v'))

type Part = Partial<MatchRow> & { readonly own_key: number }

/**
 * Rows put together from three reads: many instances share an asset or a vulnerability, and most of a row, its lists above all, is theirs.
 * Read as one join, 4 000 rows took three times as long.
 */
async function readRows(db: Db, from: RawBuilder<unknown>): Promise<MatchRow[]> {
  const { rows } = await sql<MatchRow>`
    SELECT ${OF_INSTANCE}, i.key, i.asset_key, i.vulnerability_key, i.open, i.revision FROM ${from}`.execute(db)
  if (rows.length === 0) return []
  const keysOf = (keys: number[]) => binaryArray('int4', [...new Set(keys)])
  const { rows: assets } = await sql<Part>`SELECT a.key AS own_key, ${OF_ASSET} FROM asset a
    WHERE a.key = ANY(${keysOf(rows.map((row) => row.asset_key))}::int4[])`.execute(db)
  const { rows: vulnerabilities } = await sql<Part>`SELECT v.key AS own_key, ${OF_VULNERABILITY} FROM vulnerability v
    WHERE v.key = ANY(${keysOf(rows.map((row) => row.vulnerability_key))}::int4[])`.execute(db)
  const byKey = (parts: readonly Part[]) => new Map(parts.map(({ own_key, ...part }) => [own_key, part]))
  const assetOf = byKey(assets)
  const vulnerabilityOf = byKey(vulnerabilities)
  return rows.map((row) => Object.assign(row, assetOf.get(row.asset_key), vulnerabilityOf.get(row.vulnerability_key)))
}

export async function matchRowsOf(db: Db, instances: readonly InstanceAt[]): Promise<MatchRow[]> {
  if (instances.length === 0) return []
  return await readRows(
    db,
    sql`${INSTANCE_TABLES} JOIN ${bulkRows('wanted', instances, {
      asset_key: ['int4', (row) => row.asset],
      key: ['int8', (row) => row.instance],
    })} ON i.asset_key = wanted.asset_key AND i.key = wanted.key`,
  )
}

/** Rows by a condition over `i`, `a` and `v`. */
export async function matchRowsWhere(db: Db, condition: RawBuilder<unknown>): Promise<MatchRow[]> {
  return await readRows(db, sql`${INSTANCE_TABLES} WHERE ${condition}`)
}
