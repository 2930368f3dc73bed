import { sql } from 'kysely'
import type { Grouping } from '../../domain/tickets/known-ticket.js'
import { bulkRows } from './bulk-rows.js'
import type { MatchRow } from './match-rows.js'
import type { Tx } from './tables.js'

/** What instances have in common whose groups are counted together. */
export type Unit = { readonly owner: string } | { readonly asset: number } | { readonly vulnerability: number }

const columnsOf = {
  owner: ['text', (unit: Unit) => ('owner' in unit ? unit.owner : null)],
  asset_key: ['int4', (unit: Unit) => ('asset' in unit ? unit.asset : null)],
  vulnerability_key: ['int4', (unit: Unit) => ('vulnerability' in unit ? unit.vulnerability : null)],
} as const

/** Notes that groups have to be counted. Only ever appended, so that no two transactions wait for each other over it. */
export async function markUnits(tx: Tx, units: readonly Unit[]): Promise<void> {
  if (units.length === 0) return
  await sql`INSERT INTO group_due (owner, asset_key, vulnerability_key)
    SELECT owner, asset_key, vulnerability_key FROM ${bulkRows('given', units, columnsOf)}`.execute(tx)
}

/** The units of instances, as far as rules in use group by them. */
export function unitsOf(rows: readonly MatchRow[], groupings: ReadonlySet<Grouping>): Unit[] {
  const distinct = <T>(values: readonly (T | null)[]) => [...new Set(values)].filter((value) => value !== null)
  return [
    ...(groupings.has('ownerAndComponent')
      ? distinct(rows.map((row) => row['asset.owner'])).map((owner) => ({ owner }))
      : []),
    ...(groupings.has('asset') ? distinct(rows.map((row) => row.asset_key)).map((asset) => ({ asset })) : []),
    ...(groupings.has('vulnerability')
      ? distinct(rows.map((row) => row.vulnerability_key)).map((vulnerability) => ({ vulnerability }))
      : []),
  ]
}

/** Before assets are saved that change: the groups of the owners that they have until now. */
export async function markOwnersOf(tx: Tx, assets: readonly number[]): Promise<void> {
  if (assets.length === 0) return
  await sql`INSERT INTO group_due (owner)
    SELECT DISTINCT owner FROM asset WHERE key = ANY(${assets}::int4[]) AND owner IS NOT NULL
      AND EXISTS (SELECT FROM grouping_rule WHERE enabled AND by = 'ownerAndComponent')`.execute(tx)
}
