import { type RawBuilder, sql } from 'kysely'
import type { NewInstance } from '../../application/ingest/ingest-store.port.js'
import type { ChangedInstance, StoredInstance } from '../../domain/ingest/apply-records.js'
import type { FindingFacts } from '../../domain/ingest/record.js'
import type { Attribution } from '../../domain/inventory/instance.js'
import { bulkRows } from './bulk-rows.js'
import type { Tx } from './tables.js'

interface AttributionRow {
  instance_key: number
  asset_key: number
  revision: number
  scanner_key: number
  open: boolean
  hash: number
  facts: FindingFacts
  first_seen: Date
  last_seen: Date
  scan_id: string
  closed_at: Date | null
}

/** Instances with all that their scanners say of them. Those that are not stored are left out. */
export async function loadInstances(
  tx: Tx,
  keys: readonly { asset: number; instance: number }[],
): Promise<StoredInstance[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<AttributionRow>`
    SELECT t.instance_key, t.asset_key, i.revision, t.scanner_key, t.open, t.hash, t.facts, t.first_seen, t.last_seen,
      t.scan_id, t.closed_at
    FROM ${bulkRows('given', keys, {
      asset_key: ['int4', (row) => row.asset],
      key: ['int8', (row) => row.instance],
    })}
    JOIN instance i ON i.asset_key = given.asset_key AND i.key = given.key
    JOIN attribution t ON t.asset_key = i.asset_key AND t.instance_key = i.key`.execute(tx)
  const instances = new Map<number, StoredInstance & { attributions: Attribution[] }>()
  for (const row of rows) {
    const instance = instances.get(row.instance_key) ?? {
      key: row.instance_key,
      asset: row.asset_key,
      revision: row.revision,
      attributions: [],
    }
    instances.set(row.instance_key, instance)
    instance.attributions.push({
      scanner: row.scanner_key,
      open: row.open,
      hash: row.hash,
      facts: row.facts,
      firstSeen: row.first_seen.getTime(),
      lastSeen: row.last_seen.getTime(),
      scanId: row.scan_id,
      closedAt: row.closed_at?.getTime() ?? null,
    })
  }
  return [...instances.values()]
}

const VIEW = {
  open: ['bool', ({ view }: ChangedInstance) => view.open],
  severity: ['int2', ({ view }: ChangedInstance) => view.severity],
  scanner_severity: ['text', ({ view }: ChangedInstance) => view.scannerSeverity],
  title: ['text', ({ view }: ChangedInstance) => view.title],
  cvss: ['float8', ({ view }: ChangedInstance) => view.cvss],
  epss: ['float8', ({ view }: ChangedInstance) => view.epss],
  kev: ['bool', ({ view }: ChangedInstance) => view.kev],
  fix_available: ['bool', ({ view }: ChangedInstance) => view.fixAvailable],
  component_name: ['text', ({ view }: ChangedInstance) => view.componentName],
  component_version: ['text', ({ view }: ChangedInstance) => view.componentVersion],
  component_purl: ['text', ({ view }: ChangedInstance) => view.componentPurl],
  location: ['text', ({ view }: ChangedInstance) => view.location],
  port: ['int4', ({ view }: ChangedInstance) => view.port],
  first_seen: ['timestamptz', ({ view }: ChangedInstance) => view.firstSeen],
  last_seen: ['timestamptz', ({ view }: ChangedInstance) => view.lastSeen],
  closed_at: ['timestamptz', ({ view }: ChangedInstance) => view.closedAt],
  revision: ['int4', ({ revision }: ChangedInstance) => revision],
} as const
const VIEW_COLUMNS = Object.keys(VIEW)

/** Writes instances and those of their attributions that changed. */
export async function saveInstances(
  tx: Tx,
  changed: readonly ChangedInstance[],
  made: ReadonlyMap<number, NewInstance>,
  scannerNames: ReadonlyMap<number, string>,
): Promise<void> {
  if (changed.length === 0) return
  const names = await allNames(tx, changed, scannerNames)
  const view = {
    ...VIEW,
    scanners: [
      'text[]',
      ({ view }: ChangedInstance) => view.scanners.map((key) => names.get(key) ?? String(key)).sort(),
    ],
  } as const
  const columns = [...VIEW_COLUMNS, 'scanners']
  const fresh = changed.filter(({ isNew }) => isNew)
  if (fresh.length > 0) {
    const list = sql.join(columns.map((column) => sql.id(column)))
    await sql`
      INSERT INTO instance (key, asset_key, vulnerability_key, place, variant, id, ${list})
      SELECT key, asset_key, vulnerability_key, place, variant, id, ${list} FROM ${bulkRows('given', fresh, {
        key: ['int8', ({ key }) => key],
        asset_key: ['int4', ({ asset }) => asset],
        vulnerability_key: ['int4', ({ key }) => made.get(key)?.vulnerability],
        place: ['uuid', ({ key }) => made.get(key)?.place],
        variant: ['text', ({ key }) => made.get(key)?.variant],
        id: ['uuid', ({ key }) => made.get(key)?.id],
        ...view,
      })}`.execute(tx)
  }
  const known = changed.filter(({ isNew }) => !isNew)
  if (known.length > 0) {
    await sql`
      UPDATE instance SET (${sql.join(columns.map((column) => sql.id(column)))}) =
        (${sql.join(columns.map((column) => sql.ref(`given.${column}`)))})
      FROM ${bulkRows('given', known, {
        given_key: ['int8', ({ key }) => key],
        given_asset: ['int4', ({ asset }) => asset],
        ...view,
      })}
      WHERE instance.asset_key = given.given_asset AND instance.key = given.given_key`.execute(tx)
  }
  await saveAttributions(tx, changed)
}

interface GivenAttribution {
  readonly asset: number
  readonly instance: number
  readonly isNew: boolean
  readonly attribution: Attribution
}

const SAID = {
  open: ['bool', ({ attribution }: GivenAttribution) => attribution.open],
  hash: ['int8', ({ attribution }: GivenAttribution) => attribution.hash],
  version: ['text', ({ attribution }: GivenAttribution) => attribution.facts.componentVersion],
  facts: ['json', ({ attribution }: GivenAttribution) => JSON.stringify(attribution.facts)],
  first_seen: ['timestamptz', ({ attribution }: GivenAttribution) => attribution.firstSeen],
  last_seen: ['timestamptz', ({ attribution }: GivenAttribution) => attribution.lastSeen],
  scan_id: ['text', ({ attribution }: GivenAttribution) => attribution.scanId],
  closed_at: ['timestamptz', ({ attribution }: GivenAttribution) => attribution.closedAt],
} as const
const SAID_COLUMNS = Object.keys(SAID)

async function saveAttributions(tx: Tx, changed: readonly ChangedInstance[]): Promise<void> {
  const given = changed.flatMap(({ asset, key, isNew, attributions }) =>
    attributions.map((attribution) => ({ asset, instance: key, isNew, attribution })),
  )
  const [fresh, known] = [given.filter(({ isNew }) => isNew), given.filter(({ isNew }) => !isNew)]
  if (fresh.length > 0) await insertAttributions(tx, fresh, sql``)
  if (known.length === 0) return
  // Not as an insert with a conflict, which would lock each row, and say so in the log, before it changes it.
  const { numAffectedRows } = await sql`
    UPDATE attribution SET (${sql.join(SAID_COLUMNS.map((column) => sql.id(column)))}) =
      (${sql.join(SAID_COLUMNS.map((column) => sql.ref(`given.${column}`)))})
    FROM ${bulkRows('given', known, {
      given_asset: ['int4', ({ asset }) => asset],
      given_instance: ['int8', ({ instance }) => instance],
      given_scanner: ['int4', ({ attribution }) => attribution.scanner],
      ...SAID,
    })}
    WHERE attribution.asset_key = given.given_asset AND attribution.instance_key = given.given_instance
      AND attribution.scanner_key = given.given_scanner`.execute(tx)
  if (numAffectedRows !== BigInt(known.length)) await insertAttributions(tx, known, sql`ON CONFLICT DO NOTHING`)
}

async function insertAttributions(tx: Tx, given: readonly GivenAttribution[], others: RawBuilder<unknown>) {
  const list = sql.join(SAID_COLUMNS.map((column) => sql.id(column)))
  await sql`
    INSERT INTO attribution (asset_key, instance_key, scanner_key, ${list})
    SELECT asset_key, instance_key, scanner_key, ${list} FROM ${bulkRows('given', given, {
      asset_key: ['int4', ({ asset }) => asset],
      instance_key: ['int8', ({ instance }) => instance],
      scanner_key: ['int4', ({ attribution }) => attribution.scanner],
      ...SAID,
    })} ${others}`.execute(tx)
}

/** Names of the batch's scanners, and of others that report the same instances. */
async function allNames(
  tx: Tx,
  changed: readonly ChangedInstance[],
  known: ReadonlyMap<number, string>,
): Promise<ReadonlyMap<number, string>> {
  const missing = [...new Set(changed.flatMap(({ view }) => view.scanners))].filter((key) => !known.has(key))
  if (missing.length === 0) return known
  const rows = await tx
    .selectFrom('scanner')
    .select(['key', 'name'])
    .where('key', '=', sql<number>`ANY(${missing}::int4[])`)
    .execute()
  return new Map([...known, ...rows.map((row) => [row.key, row.name] as const)])
}
