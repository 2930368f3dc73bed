// How long after an event was published what it tells of is seen to be covered, while scanners publish half of what can be taken in.
import { setTimeout as sleep } from 'node:timers/promises'
import { median, percentile } from './cluster.mjs'
import { scannedAssets } from './scanned-assets.mjs'
import { publishAll, scanMessages, settled, startScope, synced, takenIn, toldException } from './scope-service.mjs'
import { realistic } from './workload.mjs'

const QUERIES = Number(process.env.BENCH_QUERIES ?? 10_000)
const ASSETS = Number(process.env.BENCH_ASSETS ?? 300)
const FINDINGS = 200
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20)
const TICK_MS = 100
const LOOK_MS = 20
const HOUR_MS = 3_600_000
const ALL = 'severity in ["critical", "high", "medium", "low", "none"] || severity == "unknown"'

/** @returns what full load was, in events a second, and the seconds of each event looked at, at half of it */
export async function eventToCoverage({ url, brokers, pool, carrier }) {
  let service
  try {
    const broad = toldException(ALL)
    await publishAll(carrier, [broad, ...realistic(QUERIES).map((text) => toldException(text))])
    service = await startScope(url, brokers)
    await synced(pool, QUERIES + 1)
    await settled(pool)

    const scans = messagesOf(scannedAssets(ASSETS, FINDINGS))
    const started = performance.now()
    await publishAll(carrier, scans)
    const full = scans.length / (((await takenIn(pool, scans.length)) - started) / 1_000)
    await settled(pool)
    const { rows } = await pool.query('SELECT key FROM exception WHERE id = $1', [broad.key])
    const load = { count: Math.round(((full / 2) * TICK_MS) / 1_000), ticks: (SECONDS * 1_000) / TICK_MS }
    return { full, ...(await atHalf(pool, carrier, rows[0].key, load)) }
  } finally {
    await service?.close()
  }
}

/** A tick publishes so many events of other assets, the last of an asset of its own, which is looked for. */
async function atHalf(pool, carrier, exception, { count, ticks }) {
  const assets = Math.ceil((count * ticks) / FINDINGS)
  const stream = messagesOf(scannedAssets(assets, FINDINGS, ASSETS))
  const looked = scannedAssets(ticks, 1, ASSETS + assets)
  const sent = new Map()
  const seconds = []
  let publishing = true
  const looking = (async () => {
    while (publishing || sent.size > 0) {
      const { rows } = await pool.query(
        `SELECT a.id FROM asset a, LATERAL (SELECT i.key FROM instance i WHERE i.asset_key = a.key OFFSET 0) AS i
         WHERE a.id = ANY($1::text[]) AND (SELECT count(*) FROM membership m
           WHERE m.instance_key = i.key AND m.exception_key = $2 AND m.until IS NULL) > 0`,
        [[...sent.keys()], exception],
      )
      for (const { id } of rows) {
        seconds.push((performance.now() - sent.get(id)) / 1_000)
        sent.delete(id)
      }
      await sleep(LOOK_MS)
    }
  })()
  const started = performance.now()
  for (let tick = 0; tick < ticks; tick++) {
    await sleep(Math.max(0, started + tick * TICK_MS - performance.now()))
    const [row] = looked[tick]
    const [found] = scanMessages([row], { scanId: `looked-${tick}`, at: new Date() })
    sent.set(row['asset.id'], performance.now())
    await carrier.publish([...stream.slice(tick * count, (tick + 1) * count), found])
  }
  const rate = (ticks * (count + 1)) / ((performance.now() - started) / 1_000)
  publishing = false
  await looking
  return { rate, median: median(seconds), p99: percentile(seconds, 99), events: seconds.length }
}

const messagesOf = (assets) =>
  assets.flatMap((rows) =>
    scanMessages(rows, { scanId: `scan-${rows[0]['asset.id']}`, at: new Date(Date.now() - HOUR_MS) }),
  )
