import { systemClock } from '@reprieve/clock'
import { BatchEngine } from '@reprieve/correlation'
import type { Database } from '@reprieve/database'
import { idempotencyMigrations } from '@reprieve/http-kit'
import { Outbox, outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { instanceEventFromJson } from '../src/adapters/messaging/decode-instance-event.js'
import { PostgresIngestStore } from '../src/adapters/postgres/ingest.store.js'
import { LiveQueries } from '../src/adapters/postgres/live-queries.js'
import { MembershipWriter } from '../src/adapters/postgres/membership.writer.js'
import { MembershipGate } from '../src/adapters/postgres/membership-gate.js'
import type { ScopeTables } from '../src/adapters/postgres/tables.js'
import { VulnerabilityRegistry } from '../src/adapters/postgres/vulnerability.registry.js'
import { IngestBatch } from '../src/application/ingest/ingest-batch.js'
import { acceptEvent } from '../src/domain/ingest/accept-event.js'
import { scopeService } from '../src/index.js'
import { observed, scanCompleted } from './events.js'
import { seeded } from './random-history.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const ASSETS = NIGHTLY ? 5_000 : 200
const SEEDS = NIGHTLY ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1, 2]
const PARTITIONS = 4
const SCANNERS = ['trivy', 'grype']
const VULNERABILITIES = Array.from({ length: 6 }, (_, n) => `CVE-2025-${1000 + n}`)
const SEVERITIES = ['low', 'medium', 'high', 'critical']
const START = Date.parse('2026-02-01T00:00:00Z')

let own: TestDatabase
let database: Database<ScopeTables>
let batch: IngestBatch
beforeAll(async () => {
  own = await createDatabase(outboxMigrations, idempotencyMigrations, peopleMigrations, scopeService.migrations)
  database = own.open<ScopeTables>()
  const queries = new LiveQueries(new BatchEngine())
  const gate = new MembershipGate(database, queries, systemClock)
  const membership = new MembershipWriter(gate, queries, new Outbox())
  const registry = new VulnerabilityRegistry(database, () => {})
  batch = new IngestBatch(new PostgresIngestStore(database, registry, gate, membership), systemClock, uuidv7)
})
afterAll(async () => {
  await own.drop()
})

interface Scan {
  readonly scanner: string
  readonly at: number
  readonly seen: ReadonlyMap<string, string>
  /** Everything that was announced arrived, and nothing of it was refused. */
  isWhole: boolean
}
interface Sent {
  readonly asset: string
  readonly event: object
}

/** Scans of one asset by two scanners, and what arrives of them: lost, doubled, with other times, refused, in any order. */
function scansOf(asset: string, random: ReturnType<typeof seeded>): { scans: Scan[]; sent: Sent[] } {
  const isCareful = random.next() < 0.3
  const hasSequences = random.next() < 0.5
  const scans: Scan[] = []
  const sent: Sent[] = []
  const described = { name: asset, type: 'ASSET_TYPE_HOST' }
  for (let round = 0; round < 6; round++) {
    const scanner = random.pick(SCANNERS)
    const at = START + round * 3_600_000
    const seen = new Map(VULNERABILITIES.filter(() => random.next() < 0.6).map((id) => [id, random.pick(SEVERITIES)]))
    const scan: Scan = { scanner, at, seen, isWhole: true }
    scans.push(scan)
    const scanId = `${scanner}-${round}`
    let sequence = 0
    for (const [id, severity] of seen) {
      const record = {
        scanner,
        scanId,
        asset: described,
        vulnerability: { id },
        severity,
        observedAt: new Date(at).toISOString(),
        ...(hasSequences ? { sequence: String(sequence++) } : {}),
      }
      const luck = isCareful ? 1 : random.next()
      if (luck < 0.06) scan.isWhole = false
      else if (luck < 0.12) {
        scan.isWhole = false
        // Refused: a score that there is none of, or a time that has not come.
        const fault = random.pick([{ cvss: 11 }, { observedAt: new Date(Date.now() + 3_600_000).toISOString() }])
        sent.push({ asset, event: observed({ ...record, ...fault }) })
      } else sent.push({ asset, event: observed(record) })
      if (random.next() < 0.15) {
        // Sent once more, sometimes with another time; where the first one was lost, this is it.
        if (luck < 0.06) continue
        const later = random.next() < 0.5 ? at + 1_000 : at
        if (luck >= 0.12)
          sent.push({ asset, event: observed({ ...record, observedAt: new Date(later).toISOString() }) })
      }
    }
    if (isCareful || random.next() < 0.9) {
      const completed = scanCompleted(seen.size, {
        scanner,
        scanId,
        asset: described,
        completedAt: new Date(at + 2_000).toISOString(),
      })
      sent.push({ asset, event: completed }, ...(random.next() < 0.2 ? [{ asset, event: completed }] : []))
    } else scan.isWhole = false
  }
  return { scans, sent: random.next() < 0.5 ? sent : shuffled(sent, random) }
}

function shuffled<T>(items: readonly T[], random: ReturnType<typeof seeded>): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

async function takeIn(sent: readonly Sent[], random: ReturnType<typeof seeded>, topic: string): Promise<void> {
  // A publisher that gives an asset's records different keys has them in several partitions.
  const partitions: Sent[][] = Array.from({ length: PARTITIONS }, () => [])
  for (const record of sent) partitions[random.integer(PARTITIONS)]?.push(record)
  await Promise.all(
    partitions.map(async (records, partition) => {
      let from = 0
      const pace = seeded(partition + records.length)
      while (from < records.length) {
        const next = Math.min(records.length, from + 1 + pace.integer(600))
        const accepted = records
          .slice(from, next)
          .map(({ event }) =>
            acceptEvent(instanceEventFromJson(JSON.stringify(event), { ignoreUnknownFields: false }), new Date()),
          )
        await batch.run(accepted, { topic, partition, from: BigInt(from), next: BigInt(next) })
        from = next
      }
    }),
  )
}

it.each(SEEDS)(
  'A lost or refused record closes nothing, whatever is doubled and in whatever order it comes (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const assets = Array.from({ length: ASSETS }, (_, n) => {
      const name = `seed-${seed}-asset-${n}`
      return { name, ...scansOf(name, random) }
    })
    // Mixed over assets, each asset's own order kept where it has one: partitions mix them further.
    const queues = assets.map(({ sent }) => [...sent])
    const mixed: Sent[] = []
    while (queues.some((queue) => queue.length > 0)) {
      for (const queue of queues) {
        const record = queue.shift()
        if (record !== undefined) mixed.push(record)
      }
    }
    await takeIn(mixed, random, `scans-${seed}`)
    const { rows } = await database.pool.query<{
      asset: string
      scanner: string
      vulnerability: string
      open: boolean
      closed_at: Date | null
      severity: string
    }>(`
      SELECT a.name AS asset, s.name AS scanner, v.canonical AS vulnerability, t.open, t.closed_at, t.facts->>'scannerSeverity' AS severity
      FROM attribution t JOIN instance i ON i.asset_key = t.asset_key AND i.key = t.instance_key
      JOIN asset a ON a.key = t.asset_key JOIN scanner s ON s.key = t.scanner_key
      JOIN vulnerability v ON v.key = i.vulnerability_key WHERE a.name LIKE 'seed-${seed}-%'`)
    const of = new Map(assets.map((asset) => [asset.name, asset]))
    let closed = 0
    for (const row of rows) {
      const scans = of.get(row.asset)?.scans.filter(({ scanner }) => scanner === row.scanner) ?? []
      if (row.open) continue
      closed++
      // Only a whole scan that does not have it closes it, and only as of its own time.
      const by = scans.filter(({ isWhole, seen }) => isWhole && !seen.has(row.vulnerability))
      expect(by.map(({ at }) => at + 2_000)).toContain(row.closed_at?.getTime())
    }
    expect(closed).toBeGreaterThan(ASSETS / 4)
    // Where everything arrived whole, what is open is what each scanner's last scan has, in its words.
    let whole = 0
    for (const { name, scans } of assets) {
      if (!scans.every(({ isWhole }) => isWhole)) continue
      whole++
      const last = new Map(scans.map((scan) => [scan.scanner, scan]))
      const expected = [...last].flatMap(([scanner, { seen }]) =>
        [...seen].map(([vulnerability, severity]) => `${scanner} ${vulnerability} ${severity}`),
      )
      const open = rows
        .filter((row) => row.asset === name && row.open)
        .map((row) => `${row.scanner} ${row.vulnerability} ${row.severity}`)
      expect(open.sort()).toEqual(expected.sort())
    }
    expect(whole).toBeGreaterThan(ASSETS / 5)
  },
  NIGHTLY ? 600_000 : 60_000,
)
