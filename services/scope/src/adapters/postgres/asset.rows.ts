import { sql } from 'kysely'
import type { StoredAsset } from '../../application/ingest/ingest-store.port.js'
import type { AssetFacts } from '../../domain/ingest/record.js'
import type { AssetSource } from '../../domain/inventory/asset.js'
import { bulkRows } from './bulk-rows.js'
import type { Tx } from './tables.js'

const FACTS = {
  name: ['text', ({ facts }: { facts: AssetFacts }) => facts.name],
  type: ['text', ({ facts }: { facts: AssetFacts }) => facts.type],
  os: ['text', ({ facts }: { facts: AssetFacts }) => facts.os],
  owner: ['text', ({ facts }: { facts: AssetFacts }) => facts.owner],
  business_unit: ['text', ({ facts }: { facts: AssetFacts }) => facts.businessUnit],
  environment: ['text', ({ facts }: { facts: AssetFacts }) => facts.environment],
  exposure: ['text', ({ facts }: { facts: AssetFacts }) => facts.exposure],
  criticality: ['text', ({ facts }: { facts: AssetFacts }) => facts.criticality],
  tags: ['text[]', ({ facts }: { facts: AssetFacts }) => facts.tags],
} as const
const FACT_COLUMNS = sql.join(Object.keys(FACTS).map((column) => sql.id(column)))

/**
 * Makes the assets that are not there and locks all of them until the transaction ends, always in the same order. The lock lets foreign
 * keys be checked by others.
 */
export async function lockAssets(tx: Tx, wanted: ReadonlyMap<string, AssetFacts>): Promise<Map<string, StoredAsset>> {
  const given = [...wanted].map(([id, facts]) => ({ id, facts })).sort((a, b) => (a.id < b.id ? -1 : 1))
  if (given.length === 0) return new Map()
  const ids = given.map(({ id }) => id)
  let rows = await lockRows(tx, ids)
  const made = new Set<number>()
  if (rows.length < given.length) {
    const known = new Set(rows.map(({ id }) => id))
    const missing = given.filter(({ id }) => !known.has(id))
    const { rows: inserted } = await sql<{ key: number }>`
      INSERT INTO asset (id, ${FACT_COLUMNS})
      SELECT id, ${FACT_COLUMNS} FROM ${bulkRows('given', missing, { id: ['text', (row) => row.id], ...FACTS })}
      ORDER BY n
      ON CONFLICT (id) DO NOTHING RETURNING key`.execute(tx)
    for (const { key } of inserted) made.add(key)
    rows = await lockRows(tx, ids)
  }
  const sources = await loadSources(
    tx,
    rows.map(({ key }) => key),
  )
  return new Map(
    rows.map((row) => [
      row.id,
      {
        key: row.key,
        id: row.id,
        isNew: made.has(row.key),
        sources: sources.get(row.key) ?? [],
        facts: {
          name: row.name,
          type: row.type as AssetFacts['type'],
          os: row.os,
          owner: row.owner,
          businessUnit: row.business_unit,
          environment: row.environment,
          exposure: row.exposure as AssetFacts['exposure'],
          criticality: row.criticality as AssetFacts['criticality'],
          tags: row.tags,
        },
      },
    ]),
  )
}

async function lockRows(tx: Tx, ids: readonly string[]) {
  return await tx
    .selectFrom('asset')
    .selectAll()
    .where('id', '=', sql<string>`ANY(${ids}::text[])`)
    .orderBy('key')
    .modifyEnd(sql`FOR NO KEY UPDATE`)
    .execute()
}

/** Locks assets that are known to be there, in the order of `lockAssets`. */
export async function lockAssetKeys(tx: Tx, keys: Iterable<number>): Promise<void> {
  await sql`SELECT FROM asset WHERE key = ANY(${[...new Set(keys)]}::int4[]) ORDER BY key FOR NO KEY UPDATE`.execute(tx)
}

async function loadSources(tx: Tx, keys: readonly number[]): Promise<Map<number, AssetSource[]>> {
  const rows = await tx
    .selectFrom('asset_source')
    .selectAll()
    .where('asset_key', '=', sql<number>`ANY(${keys}::int4[])`)
    .execute()
  const sources = new Map<number, AssetSource[]>()
  for (const row of rows) {
    const of = sources.get(row.asset_key) ?? []
    sources.set(row.asset_key, of)
    of.push({
      scanner: row.scanner_key,
      facts: row.facts as unknown as AssetFacts,
      saidAt: row.said_at.getTime(),
    })
  }
  return sources
}

export interface AssetChange {
  readonly key: number
  readonly facts: AssetFacts
  /** Whether the merged facts differ; the sources do in any case. */
  readonly changed: boolean
  readonly sources: readonly AssetSource[]
}

export async function saveAssets(tx: Tx, changes: readonly AssetChange[]): Promise<void> {
  const sources = changes.flatMap(({ key, sources }) => sources.map((source) => ({ key, source })))
  if (sources.length === 0) return
  await sql`
    INSERT INTO asset_source (asset_key, scanner_key, facts, said_at)
    SELECT asset_key, scanner_key, facts, said_at FROM ${bulkRows('given', sources, {
      asset_key: ['int4', ({ key }) => key],
      scanner_key: ['int4', ({ source }) => source.scanner],
      facts: ['jsonb', ({ source }) => JSON.stringify(source.facts)],
      said_at: ['timestamptz', ({ source }) => source.saidAt],
    })}
    ON CONFLICT (asset_key, scanner_key) DO UPDATE SET facts = excluded.facts, said_at = excluded.said_at`.execute(tx)
  const changed = changes.filter((change) => change.changed)
  if (changed.length === 0) return
  await sql`
    UPDATE asset SET (${FACT_COLUMNS}) = (${sql.join(Object.keys(FACTS).map((column) => sql.ref(`given.${column}`)))})
    FROM ${bulkRows('given', changed, { asset_key: ['int4', ({ key }) => key], ...FACTS })}
    WHERE asset.key = given.asset_key`.execute(tx)
}
