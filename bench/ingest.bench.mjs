// Instance events through Kafka into PostgreSQL with ten thousand live exceptions: the first load, a scan that finds the same again, and one
// in which a twentieth has changed. Beside it what one would write first: each event a transaction of its own, with an upsert and a loop of
// closures. And what each leaves in the write-ahead log, beside upserts of everything in sets of the same size.

import { compileQuery } from '@reprieve/query'
import { closureOf } from './lib/closures.mjs'
import { changed, reworded, scannedAssets } from './lib/scanned-assets.mjs'
import { publishAll, scanMessages, settled, startScope, synced, takeIn, toldException } from './lib/scope-service.mjs'
import { withScope } from './lib/scope-stage.mjs'
import { realistic } from './lib/workload.mjs'

const QUERIES = Number(process.env.BENCH_QUERIES ?? 10_000)
// Ten million instances on fifty thousand assets are two hundred on each.
const ASSETS = Number(process.env.BENCH_ASSETS ?? 300)
const FINDINGS = 200
const PLAIN_EVENTS = Number(process.env.BENCH_PLAIN_EVENTS ?? 1_500)
const HOUR_MS = 3_600_000

export const run = () => withScope('B5', measured)

async function measured({ url, brokers, pool, carrier }) {
  const texts = realistic(QUERIES)
  await publishAll(
    carrier,
    texts.map((text) => toldException(text)),
  )
  let service = await startScope(url, brokers)
  await synced(pool, QUERIES)
  await settled(pool)
  // The proof of membership that is due twice a day begins with the first instance: it is not what is measured.
  await pool.query(`INSERT INTO reconciliation (id, cause, started_at, finished_at, status)
    VALUES (gen_random_uuid(), 'schedule', now(), now(), 'done')`)

  const assets = scannedAssets(ASSETS, FINDINGS)
  const events = ASSETS * (FINDINGS + 1)
  let published = 0
  const rounds = {}
  for (const [name, rows] of [
    ['first load', assets],
    ['unchanged', assets],
    ['a twentieth reworded', reworded(assets)],
    ['a twentieth changed', changed(reworded(assets))],
  ]) {
    const messages = rows.flatMap((of, index) =>
      // An hour ago, not a day: a query that asks for a number of days would flip for all of them just now.
      scanMessages(of, { scanId: `${name}-${index}`, at: new Date(Date.now() - HOUR_MS + published) }),
    )
    // All of it waits when the first is taken in: what is measured is taking in, not publishing.
    await service.close()
    await publishAll(carrier, messages)
    // As it would be a while later, by itself, and then in the middle of what is measured.
    await pool.query('VACUUM ANALYZE')
    published += messages.length
    const before = await written(pool)
    const flippedBefore = await flipped(pool)
    let rate
    ;({ service, rate } = await takeIn(pool, () => startScope(url, brokers), published))
    // The log holds what follows, too.
    await settled(pool)
    rounds[name] = { rate, wal: (await written(pool)) - before, flips: (await flipped(pool)) - flippedBefore }
  }
  await service.close()
  await proveStored(pool, assets)
  const closures = texts.map((text) => closureOf(compileQuery(text).query.normal))
  const plain = await perEvent(pool, assets, closures)
  const upserts = await setUpserts(pool, assets)
  const detail = `${events} events, ${QUERIES} exceptions; one transaction an event: ${Math.round(plain)}/s`
  const ratio = (id, name, goal) => ({
    id,
    value: rounds[name].rate / plain,
    unit: '×',
    goal: goal === null ? null : `≥ ${goal}×`,
    holds: goal === null ? null : rounds[name].rate / plain >= goal,
    detail: `${name}, ${Math.round(rounds[name].rate)} events/s of ${detail}`,
  })
  const wal = (id, name, goal) => ({
    id,
    ratio: rounds[name].wal / upserts,
    unit: 'of upserts',
    goal: `≤ ${goal * 100} %`,
    holds: rounds[name].wal / upserts <= goal,
    detail:
      `${name}, ${(rounds[name].wal / 1_024).toFixed(0)} KiB of log beside ${(upserts / 1_024).toFixed(0)}; ` +
      `${rounds[name].flips} members began or ended, which the upserts leave out`,
  })
  return [
    ratio('B5.firstLoad', 'first load', 20),
    ratio('B5.unchanged', 'unchanged', null),
    ratio('B5.changed', 'a twentieth changed', 80),
    wal('B6.unchanged', 'unchanged', 0.01),
    wal('B6.reworded', 'a twentieth reworded', 0.08),
    wal('B6.changed', 'a twentieth changed', 0.08),
  ]
}

async function written(pool) {
  const { rows } = await pool.query("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 AS bytes")
  return rows[0].bytes
}

/** How often an instance has come to be a member of an exception, or stopped being one. */
async function flipped(pool) {
  const { rows } = await pool.query('SELECT (count(*) + count(until))::int AS flips FROM membership')
  return rows[0].flips
}

async function proveStored(pool, assets) {
  const { rows } = await pool.query('SELECT count(*) FILTER (WHERE open)::int AS open FROM instance')
  const expected = assets.reduce((sum, of) => sum + of.length, 0)
  if (rows[0].open !== expected) throw new Error(`${rows[0].open} instances are open instead of ${expected}`)
}

const COLUMNS = `asset_id text, vulnerability text, purl text, location text, severity text, cvss float8, epss float8, kev boolean, title text,
  version text, last_seen timestamptz`

async function makePlainTables(pool) {
  await pool.query(`DROP TABLE IF EXISTS plain, plain_member;
    CREATE TABLE plain (key bigint GENERATED ALWAYS AS IDENTITY, ${COLUMNS}, PRIMARY KEY (asset_id, vulnerability, purl, location));
    CREATE INDEX ON plain (vulnerability); CREATE INDEX ON plain (severity, key); CREATE INDEX ON plain (last_seen);
    CREATE TABLE plain_member (instance bigint, exception int, PRIMARY KEY (exception, instance))`)
}

const UPSERT = `ON CONFLICT (asset_id, vulnerability, purl, location) DO UPDATE SET (severity, cvss, epss, kev, title, version, last_seen) =
  (excluded.severity, excluded.cvss, excluded.epss, excluded.kev, excluded.title, excluded.version, excluded.last_seen)`

const valuesOf = (row, at) => [
  row['asset.id'],
  row.vulnerability,
  row['component.purl'],
  row.location,
  row.severity,
  row.cvss,
  row.epss,
  row.kev,
  row.title,
  row['component.version'],
  at,
]

/** Each event a transaction, its matches found in a loop. @returns events a second */
async function perEvent(pool, assets, closures) {
  await makePlainTables(pool)
  const client = await pool.connect()
  try {
    const rows = assets.flat().slice(0, PLAIN_EVENTS)
    const started = performance.now()
    for (const row of rows) {
      const now = Date.now()
      const matches = []
      for (const [index, holds] of closures.entries()) if (holds(row, now)) matches.push(index)
      await client.query('BEGIN')
      const stored = await client.query({
        name: 'upsert',
        text: `INSERT INTO plain (asset_id, vulnerability, purl, location, severity, cvss, epss, kev, title, version, last_seen)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ${UPSERT} RETURNING key`,
        values: valuesOf(row, new Date(now)),
      })
      await client.query({
        name: 'members',
        text: 'INSERT INTO plain_member SELECT $1, unnest($2::int[]) ON CONFLICT DO NOTHING',
        values: [stored.rows[0].key, matches],
      })
      await client.query('COMMIT')
    }
    return rows.length / ((performance.now() - started) / 1_000)
  } finally {
    client.release()
  }
}

/** All of an unchanged scan upserted in sets of 4 096. @returns bytes in the write-ahead log */
async function setUpserts(pool, assets) {
  await makePlainTables(pool)
  const rows = assets.flat()
  const upsertAll = async (at) => {
    for (let start = 0; start < rows.length; start += 4_096) {
      const lists = rows.slice(start, start + 4_096).map((row) => valuesOf(row, at))
      await pool.query(
        `INSERT INTO plain (asset_id, vulnerability, purl, location, severity, cvss, epss, kev, title, version, last_seen)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::boolean[],
           $9::text[], $10::text[], $11::timestamptz[]) ${UPSERT}`,
        valuesOf(rows[0], at).map((_, column) => lists.map((list) => list[column])),
      )
    }
  }
  await upsertAll(new Date(0))
  await pool.query('VACUUM ANALYZE')
  const before = await written(pool)
  await upsertAll(new Date())
  return (await written(pool)) - before
}
