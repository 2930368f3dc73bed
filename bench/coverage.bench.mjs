// How soon an exception is in force, and no longer is, on a million stored instances: filled in by Auto Pilot, flipped by the last approval,
// ended by its time. And how soon what a scanner tells of is covered while it has half of what can be taken in to tell.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@reprieve/clock'
import { Database } from '@reprieve/database'
import { ForceReader } from '../services/scope/dist/adapters/postgres/force.reader.js'
import { median, percentile } from './lib/cluster.mjs'
import { eventToCoverage } from './lib/event-to-coverage.mjs'
import { fillInventory } from './lib/inventory-fill.mjs'
import { startScope, toldException } from './lib/scope-service.mjs'
import { withScope } from './lib/scope-stage.mjs'

const STORED = Number(process.env.BENCH_INSTANCES ?? 1_000_000)
const APPROVALS = 40
const LOOK_MS = 2
// Open or not, known or not: every instance.
const ALL = 'severity in ["critical", "high", "medium", "low", "none"] || severity == "unknown"'

export async function run() {
  // Each with a broker of its own: what one tells is nothing to the other.
  return [...(await withScope('B10', measured)), ...(await withScope('B10.event', whileScanning))]
}

async function whileScanning(stage) {
  const { full, rate, p99, median, events } = await eventToCoverage(stage)
  const detail = `event → covered, p99 of ${events}, median ${median.toFixed(3)} s; ${Math.round(rate)} events/s, of ${Math.round(full)} at full load`
  return [seconds('B10.event', p99, 1, detail)]
}

const seconds = (id, value, goal, detail) => ({ id, value, unit: 's', goal: `≤ ${goal}`, holds: value <= goal, detail })

async function measured({ url, brokers, pool, carrier }) {
  const database = new Database({ url, applicationName: 'bench' })
  let service
  try {
    await fillInventory(url, { instances: STORED, exceptions: 0 })
    service = await startScope(url, brokers)
    // As it is after its first seconds: to read a million instances into memory takes a processor meanwhile.
    await service.inMemory
    const tell = (message) => carrier.publish([message])
    const force = new ForceReader(database, systemClock, { staleAfterMs: 600_000, lapses: false })
    const keyOf = async (id) => (await pool.query('SELECT key FROM exception WHERE id = $1', [id])).rows[0]?.key
    const inForce = async (key) => (await force.now()).suppress.includes(key)
    const members = async (key) =>
      (await pool.query('SELECT count(*)::int AS n FROM membership WHERE exception_key = $1 AND until IS NULL', [key]))
        .rows[0].n
    const isSynced = async (id) =>
      (await pool.query('SELECT synced_at IS NOT NULL AS done FROM exception WHERE id = $1', [id])).rows[0]?.done ===
      true

    /** From the word of its owner to all of it filled in. */
    const autoPilot = async (expression, expected) => {
      const message = toldException(expression)
      const started = performance.now()
      await tell(message)
      await until(() => isSynced(message.key))
      const seconds = (performance.now() - started) / 1_000
      const found = await members(await keyOf(message.key))
      if (!expected(found)) throw new Error(`${found} members of ${expression}`)
      return { seconds, found, id: message.key }
    }
    // The first one also finds everything cold.
    const narrow = 'asset.businessUnit == "risk" && asset.environment == "test" && severity == "high"'
    await autoPilot(narrow, (n) => n > 0)
    const small = await autoPilot(
      'asset.owner in ["owner-1", "owner-2", "owner-3", "owner-4", "owner-5", "owner-6", "owner-7", "owner-8", "owner-9", "owner-10", "owner-11", "owner-12", "owner-13"]',
      (n) => n > 0,
    )
    const large = await autoPilot(ALL, (n) => n === STORED)

    const waiting = toldException(ALL, { status: 'PENDING_APPROVAL' })
    await tell(waiting)
    await until(() => isSynced(waiting.key))
    const key = await keyOf(waiting.key)
    const approvals = []
    for (let n = 0; n < APPROVALS; n++) {
      // Approved, and for the next round waiting again, which no exception does: scope believes its owner.
      const started = performance.now()
      await tell(toldException(ALL, { id: waiting.key, version: 2 + 2 * n, status: 'ACTIVE' }))
      await until(() => inForce(key))
      approvals.push((performance.now() - started) / 1_000)
      await tell(toldException(ALL, { id: waiting.key, version: 3 + 2 * n, status: 'PENDING_APPROVAL' }))
      await until(async () => !(await inForce(key)))
    }
    const expiresAt = new Date(Date.now() + 2_000)
    await tell(toldException(ALL, { id: waiting.key, version: 1_000, status: 'ACTIVE', expiresAt }))
    await until(() => inForce(key))
    await until(async () => !(await inForce(key)))
    const late = (Date.now() - expiresAt.getTime()) / 1_000

    const p99 = percentile(approvals, 99)
    return [
      seconds(
        'B10.approval',
        p99,
        1,
        `last approval → covered, p99, ${STORED} members, median ${median(approvals).toFixed(3)} s`,
      ),
      seconds('B10.autoPilotAll', large.seconds, 15, `Auto Pilot → synced, ${large.found} members`),
      seconds(
        'B10.autoPilotSome',
        small.seconds,
        1,
        `Auto Pilot → synced, ${small.found} members of ${STORED} instances`,
      ),
      seconds('B11', late, 1, `expiry → coverage off, ${STORED} members`),
    ]
  } finally {
    await service?.close()
    await database.close()
  }
}

async function until(holds) {
  while (!(await holds())) await sleep(LOOK_MS)
}
