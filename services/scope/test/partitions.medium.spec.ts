import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TOPICS } from '@reprieve/contracts'
import { Database, migrate } from '@reprieve/database'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import { idempotencyMigrations } from '@reprieve/http-kit'
import { KafkaCarrier } from '@reprieve/messaging'
import { outboxMigrations } from '@reprieve/outbox'
import { peopleMigrations } from '@reprieve/people'
import { startKafka } from '@reprieve/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ScopeTables } from '../src/adapters/postgres/tables.js'
import { scopeService } from '../src/index.js'
import { observed } from './events.js'
import { interleaved, randomExpression, randomHistory, seeded } from './random-history.js'
import { toldEvent } from './running-scope.js'
import { INSTANCES, Listener, type SharingScope, startSharing } from './sharing-scopes.js'
import { membershipAndOracle, storedState } from './stored-state.js'

const NIGHTLY = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const DISTURBANCES = NIGHTLY ? 40 : 5
const TIMEOUT = NIGHTLY ? 60 * 60_000 : 300_000
// A busy machine takes its time over rebalances.
const PATIENCE_MS = 120_000
// One of its own: the topics have their real names.
const kafka = await startKafka()
// A broker that was given allows no shorter session by default.
const SESSION_TIMEOUT_MS = kafka?.controllable ? 3_000 : 6_000
// A process that stands still keeps its locks for so long: those of its transactions, and the relay's.
const IDLE_MS = 5_000
// Longer than it takes another one to have its partition, whatever the machine does beside.
const LONG_IDLE_MS = PATIENCE_MS
const POISON = [Buffer.from('{'), Buffer.from('{"observed":{"scanner":"trivy"}}'), Buffer.from('{}')]

describe.skipIf(kafka === null)('Processes that share the partitions of the topic', () => {
  const brokers = kafka?.brokers ?? []
  let folder: string
  let cluster: PostgresCluster
  let carrier: KafkaCarrier
  let database: Database<ScopeTables>
  let databaseUrl: string
  const listener = new Listener()
  /** The newest version that was told of each exception. */
  const newest = new Map<string, number>()
  let running: SharingScope[] = []
  let published = 0
  let frozen = 0

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprieve-partitions-'))
    // What was committed must survive the server's being killed; the machine's is another matter.
    cluster = await PostgresCluster.start({
      folder: join(folder, 'postgres'),
      password: 'test',
      settings: { fsync: 'off', max_connections: '200' },
    })
    carrier = new KafkaCarrier({ brokers, clientId: 'test' })
    const topics = ['exceptions.v1', 'directory.v1', 'coverage.v1', INSTANCES] as const
    await carrier.ensureTopics(
      topics.map((name) => ({ name, partitions: TOPICS[name].partitions, retentionMs: 3_600_000 })),
    )
    await cluster.execute(['CREATE DATABASE scope'])
    databaseUrl = addressThatWaits(IDLE_MS)
    await migrate(databaseUrl, [outboxMigrations, idempotencyMigrations, peopleMigrations, scopeService.migrations])
    database = new Database<ScopeTables>({ url: databaseUrl, applicationName: 'test' })
    await listener.listen(carrier)
  }, 120_000)
  afterAll(async () => {
    await carrier?.close()
    await database?.close()
    await kafka?.close()
    await cluster?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  afterEach(async () => {
    await Promise.all(running.map((scope) => scope.kill()))
    running = []
  })

  /** PostgreSQL ends what is silent for so long. */
  const addressThatWaits = (milliseconds: number) =>
    `${cluster.url('scope')}?idle_in_transaction_session_timeout=${milliseconds}&options=-c%20idle_session_timeout%3D${milliseconds}`

  const start = async (fault?: string, address = databaseUrl): Promise<SharingScope> => {
    const scope = startSharing({
      databaseUrl: address,
      brokers,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      ...(fault === undefined ? {} : { fault }),
    })
    running.push(scope)
    await scope.ready
    return scope
  }
  const forget = (scope: SharingScope) => {
    running = running.filter((other) => other !== scope)
  }
  const publish = async (records: readonly { asset: string; value: Buffer }[]) => {
    await carrier.publish(
      records.map(({ asset, value }) => ({
        topic: INSTANCES,
        key: asset,
        value,
        headers: { 'content-type': 'application/json' },
      })),
    )
    published += records.length
  }
  const takenIn = async () => {
    const { rows } = await database.pool
      .query<{ taken: number }>('SELECT coalesce(sum(next_offset), 0)::int AS taken FROM consumed')
      .catch(() => ({ rows: [] }))
    return rows[0]?.taken ?? -1
  }
  const LEFT = `
    SELECT (SELECT count(*) FROM exception WHERE live AND synced_at IS NULL) + (SELECT count(*) FROM aftermath)
      + (SELECT count(*) FROM rematch) + (SELECT count(*) FROM outbox) AS left`
  const rest = async () => {
    await expect.poll(takenIn, { timeout: PATIENCE_MS, interval: 200 }).toBe(published)
    const known = async () => {
      const { rows } = await database.pool.query<{ told: string }>(`SELECT id || ' ' || version AS told FROM exception`)
      return new Set(rows.map((row) => row.told))
    }
    await expect.poll(known, { timeout: PATIENCE_MS }).toEqual(new Set([...newest].map(([id, n]) => `${id} ${n}`)))
    const left = async () => (await database.pool.query<{ left: number }>(LEFT)).rows[0]?.left
    await expect.poll(left, { timeout: PATIENCE_MS, interval: 200 }).toBe(0)
  }
  const covered = async () => {
    const { rows } = await database.pool.query<{ pair: string }>(
      `SELECT i.id || ' ' || e.id AS pair FROM membership m JOIN exception e ON e.key = m.exception_key AND e.status = 'active'
       JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key WHERE m.until IS NULL`,
    )
    return rows.map(({ pair }) => pair).sort()
  }
  const expectTruth = async () => {
    const { stored, oracle } = await membershipAndOracle(database, new Date())
    expect(stored).toEqual(oracle)
    await expect.poll(() => listener.covered, { timeout: PATIENCE_MS }).toEqual(await covered())
    return oracle.length
  }
  const tell = async (
    id: string,
    expression: string,
    version: number,
    status: 'PENDING_APPROVAL' | 'ACTIVE' | 'DENIED',
  ) => {
    newest.set(id, version)
    await carrier.publish([
      {
        topic: 'exceptions.v1',
        key: id,
        value: toldEvent(
          { id, expression, version, status, ...(status === 'DENIED' ? { endedAt: new Date() } : {}) },
          new Date(),
        ),
      },
    ])
  }

  it.each([
    ['before it has moved the position', 'stop:position:before'],
    ['after it has moved the position', 'stop:position:after'],
    ['before it commits', 'stop:commit:before'],
    ['after it has committed', 'stop:commit:after'],
  ])(
    'One that stands still in the middle of a batch (%s) while another one takes its partition leaves no trace when it goes on',
    async (_, fault) => {
      const id = `02a00000-0000-7000-8000-0000000000${String(++frozen).padStart(2, '0')}`
      const asset = `frozen-${frozen}`
      const finding = (n: number, severity: string, minute: number) => ({
        asset,
        value: Buffer.from(
          JSON.stringify(
            observed({
              asset: { name: asset, type: 'ASSET_TYPE_HOST' },
              vulnerability: { id: `CVE-2024-${1000 + n}` },
              severity,
              scanId: `scan-${minute}`,
              observedAt: `2026-02-01T10:0${minute}:00Z`,
            }),
          ),
        ),
      })
      const a = await start(fault)
      await tell(id, `asset.name == "${asset}" && severity == "high"`, 1, 'ACTIVE')
      await publish(Array.from({ length: 20 }, (_, n) => finding(n, 'high', 1)))
      await a.halted
      const b = await start()
      await publish(Array.from({ length: 10 }, (_, n) => finding(n, 'low', 2)))
      await expect.poll(takenIn, { timeout: PATIENCE_MS, interval: 200 }).toBe(published)
      await rest()
      const before = await storedState(database)
      expect(before.members.filter((member) => member.endsWith(id))).toHaveLength(10)
      a.process.kill('SIGCONT')
      await sleep(SESSION_TIMEOUT_MS)
      expect(await storedState(database)).toEqual(before)
      expect(await takenIn()).toBe(published)
      await b.end()
      forget(b)
      // It takes part again.
      await publish([finding(30, 'high', 3)])
      await rest()
      await expectTruth()
      await a.end()
      forget(a)
    },
    TIMEOUT,
  )

  /** An exception that is active and filled in, for one asset; and what publishes findings of that asset. */
  const coveredAsset = async (name: string) => {
    const n = ++frozen
    const asset = `${name}-${n}`
    const id = `02b00000-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`
    await tell(id, `asset.name == "${asset}" && severity == "high"`, 1, 'ACTIVE')
    await rest()
    const members = async () => (await storedState(database)).members.filter((member) => member.endsWith(id)).length
    const finds = async (numbers: readonly number[], severity: string, minute: number) =>
      await publish(
        numbers.map((number) => ({
          asset,
          value: Buffer.from(
            JSON.stringify(
              observed({
                asset: { name: asset, type: 'ASSET_TYPE_HOST' },
                vulnerability: { id: `CVE-2024-${2000 + number}` },
                severity,
                scanId: `scan-${minute}`,
                observedAt: `2026-02-01T10:0${minute}:00Z`,
              }),
            ),
          ),
        })),
      )
    return { members, finds }
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
  /** Begins of the transactions of which this is true: told apart from later ones of the same connections. */
  const transactions = async (condition: string) => {
    const { rows } = await database.pool.query<{ begin: string }>(
      `SELECT pid || ' ' || xact_start AS begin FROM pg_stat_activity
       WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL AND ${condition}`,
    )
    return rows.map(({ begin }) => begin)
  }

  it(
    'One that stands still before it has moved the position, and goes on before PostgreSQL gives it up, finds that another one has moved it, and writes nothing',
    async () => {
      const patient = addressThatWaits(LONG_IDLE_MS)
      const a = await start('stop:position:before', patient)
      const { members, finds } = await coveredAsset('outrun')
      await finds(upTo(20), 'high', 1)
      await a.halted
      const b = await start(undefined, patient)
      await finds(upTo(10), 'low', 2)
      await expect.poll(takenIn, { timeout: PATIENCE_MS, interval: 200 }).toBe(published)
      expect(await members()).toBe(10)
      // Not PostgreSQL's patience but the position has to stop it.
      const [standing, ...others] = await transactions(
        `state = 'idle in transaction' AND state_change < now() - interval '2 s'`,
      )
      expect(standing).toBeDefined()
      expect(others).toEqual([])
      const before = await storedState(database)
      a.process.kill('SIGCONT')
      await expect.poll(() => transactions('true'), { timeout: PATIENCE_MS, interval: 100 }).not.toContain(standing)
      expect(await takenIn()).toBe(published)
      expect(await storedState(database)).toEqual(before)
      await finds([30], 'high', 3)
      await rest()
      await expectTruth()
      for (const scope of [a, b]) {
        await scope.end()
        forget(scope)
      }
    },
    TIMEOUT,
  )

  it.each([
    ['once it has moved the position', 'stop:position:after'],
    ['as it commits', 'stop:commit:before'],
  ])(
    'One that stands still %s, and goes on before PostgreSQL gives it up, still counts: whoever has its partition by then waits for it, and goes on after it',
    async (_, fault) => {
      const patient = addressThatWaits(LONG_IDLE_MS)
      const a = await start(fault, patient)
      const { members, finds } = await coveredAsset('waited-for')
      const before = await takenIn()
      await finds(upTo(20), 'high', 1)
      await a.halted
      const b = await start(undefined, patient)
      const waiting = () => transactions(`wait_event_type = 'Lock' AND query LIKE '%INSERT INTO consumed%'`)
      await expect.poll(waiting, { timeout: PATIENCE_MS, interval: 100 }).toHaveLength(1)
      expect(await takenIn()).toBe(before)
      a.process.kill('SIGCONT')
      await finds([30], 'high', 1)
      await rest()
      expect(await members()).toBe(21)
      await expectTruth()
      for (const scope of [b, a]) {
        await scope.end()
        forget(scope)
      }
    },
    TIMEOUT,
  )

  // Minutes long: at night.
  if (NIGHTLY)
    it(
      `come to what the queries say, whatever befalls them (${DISTURBANCES} kills, freezes, rebalances and restarts of PostgreSQL)`,
      async () => {
        const random = seeded(NIGHTLY ? Date.now() % 100_000 : 5)
        const poison = new Set<string>()
        const history = interleaved(randomHistory(31, { assets: 24, scans: NIGHTLY ? 60 : 12 }), 31).flatMap(
          ({ asset, event }) => {
            const record = { asset, value: Buffer.from(JSON.stringify(event)) }
            if (random.next() < 0.02) {
              const bad = {
                asset,
                value: Buffer.concat([random.pick(POISON), Buffer.from(' '.repeat(random.integer(50)))]),
              }
              poison.add(bad.value.toString())
              return [record, bad]
            }
            return random.next() < 0.1 ? [record, record] : [record]
          },
        )
        const bad = history.filter(({ value }) => poison.has(value.toString())).length
        const exceptions = Array.from({ length: 10 }, (_, n) => ({
          id: `03a00000-0000-7000-8000-00000000000${n.toString(16)}`,
          expression: randomExpression(random),
          fate: random.pick(['active', 'active', 'pending', 'denied'] as const),
        }))
        await Promise.all([start(), start()])
        let done = 0
        const scanners = async () => {
          const size = Math.ceil(history.length / (DISTURBANCES * 4))
          for (; done < history.length; done += size) {
            await publish(history.slice(done, done + size))
            await sleep(150)
          }
        }
        const people = async () => {
          for (const { id, expression, fate } of exceptions) {
            await tell(id, expression, 1, 'PENDING_APPROVAL')
            await sleep(random.integer(900))
            if (fate !== 'pending') await tell(id, expression, 2, fate === 'active' ? 'ACTIVE' : 'DENIED')
          }
        }
        const happenings: string[] = []
        const fate = async () => {
          for (let count = 0; count < DISTURBANCES; count++) {
            const what = random.pick(['killed', 'killed', 'frozen', 'joins', 'leaves', 'database'])
            happenings.push(what)
            if (what === 'killed') {
              const when = random.pick(['before', 'after'])
              const victim = await start(`kill:${1 + random.integer(25)}:${when}`)
              await Promise.race([victim.halted, sleep(6_000)])
              await victim.kill()
              forget(victim)
            } else if (what === 'frozen') {
              const victim = await start(`stop:${1 + random.integer(25)}:${random.pick(['before', 'after'])}`)
              await Promise.race([victim.halted, sleep(6_000)])
              victim.process.kill('SIGSTOP')
              await sleep(SESSION_TIMEOUT_MS + 1_500)
              victim.process.kill('SIGCONT')
            } else if (what === 'joins') await start()
            else if (what === 'leaves') {
              const [first] = running
              if (first === undefined || running.length < 2) continue
              forget(first)
              await first.end()
            } else {
              await cluster.kill()
              await sleep(2_000)
              await cluster.restart()
            }
            while (running.length > 4) {
              const [first] = running
              if (first === undefined) break
              forget(first)
              await first.end()
            }
          }
        }
        await Promise.all([scanners(), people(), fate()])
        await rest()
        expect(await expectTruth()).toBeGreaterThan(20)
        // A record is put aside before its batch is committed: by whoever does it first, and once more by whoever does it again.
        expect(listener.deadLetters.size).toBeGreaterThanOrEqual(bad)
        expect(happenings).toHaveLength(DISTURBANCES)
        const { rows } = await database.pool.query<{ next: Record<string, number> }>(
          `SELECT jsonb_object_agg(partition, next_offset) AS next FROM consumed`,
        )
        process.stdout.write(`${happenings.join(', ')}: ${JSON.stringify(rows[0]?.next)}\n`)
      },
      TIMEOUT,
    )
})
