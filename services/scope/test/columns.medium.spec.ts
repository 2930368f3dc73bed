import { setTimeout as sleep } from 'node:timers/promises'
import { compileQuery } from '@reprieve/query'
import pg from 'pg'
import { afterEach, expect, it } from 'vitest'
import { ColumnsThread } from '../src/adapters/columns/columns-thread.js'
import { InstanceColumnsReader } from '../src/adapters/columns/instance-columns.reader.js'
import { ChangesGoneError, InventorySource } from '../src/adapters/columns/inventory-source.js'
import { ForceReader } from '../src/adapters/postgres/force.reader.js'
import { InstanceReader } from '../src/adapters/postgres/instance.reader.js'
import {
  COVERAGES,
  INSTANCE_SORTS,
  type InstanceFilter,
  type InstanceSort,
  STATUS_FILTERS,
} from '../src/adapters/postgres/instance-filter.js'
import { InventoryLog } from '../src/adapters/postgres/inventory-log.js'
import { PreviewReader } from '../src/adapters/postgres/preview.reader.js'
import { SummaryReader } from '../src/adapters/postgres/summary.reader.js'
import { observed } from './events.js'
import { interleaved, randomExpression, randomHistory, seeded } from './random-history.js'
import { type RunningScope, runScope } from './running-scope.js'

const MEMORY = 2 ** 28
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Scope itself keeps nothing in memory here: the columns are the test's own, beside readers that have none. */
async function start(options: { memoryBytes?: number; patienceMs?: number } = {}) {
  const scope = await runScope({ environment: { COLUMNS_MEMORY_MIB: '0' } })
  ends.push(() => scope.close())
  const force = new ForceReader(scope.database, scope.clock, { staleAfterMs: 60_000, lapses: false })
  const readersWith = (thread: ColumnsThread) => {
    const columns = new InstanceColumnsReader(thread)
    return {
      instances: new InstanceReader(scope.database, force, columns),
      previews: new PreviewReader(scope.database, force, columns),
      summaries: new SummaryReader(scope.database, force, columns),
    }
  }
  const quiet = { info() {}, warn() {} }
  const thread = new ColumnsThread(
    {
      connectionString: scope.databaseUrl,
      memoryBytes: options.memoryBytes ?? MEMORY,
      fromInstances: 0,
      patienceMs: options.patienceMs ?? 20_000,
    },
    quiet,
  )
  ends.push(() => thread.stop())
  /** How often the database had to be asked after all. */
  let refused = 0
  const ask = thread.ask.bind(thread)
  thread.ask = async (question) => {
    const answer = await ask(question)
    if (answer === null) refused++
    return answer
  }
  return {
    scope,
    thread,
    refused: () => refused,
    byColumns: readersWith(thread),
    bySql: readersWith(new ColumnsThread(null, quiet)),
    /** Resolves once the columns answer. */
    async ready() {
      thread.start()
      await expect.poll(() => thread.status.state, { timeout: 20_000 }).toBe('ready')
    },
  }
}

type Started = Awaited<ReturnType<typeof start>>

const filterOf = (expression: string | null, more: Partial<InstanceFilter> = {}): InstanceFilter => {
  const compiled = expression === null ? null : compileQuery(expression)
  if (compiled !== null && !compiled.ok) throw new Error(expression ?? '')
  return { query: compiled?.query ?? null, coverage: 'all', status: 'open', ...more }
}

async function allPages(reader: InstanceReader, filter: InstanceFilter, sort: readonly InstanceSort[], limit: number) {
  const ids: string[] = []
  const terms = sort.map((field, index) => ({ field, descending: index === 0 }))
  let cursor: string | undefined
  let count: unknown
  do {
    const page = await reader.page(filter, { sort: terms, limit, cursor })
    ids.push(...page.items.map(({ id }) => id))
    count ??= page.count
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return { ids, count }
}

async function fill(scope: RunningScope, seed: number): Promise<void> {
  const history = interleaved(randomHistory(seed, { assets: 12, scans: 6 }), seed).map(({ asset, event }) => ({
    topic: 'scanner.instances.v1',
    key: asset,
    value: Buffer.from(JSON.stringify(event)),
    headers: { 'content-type': 'application/json' },
  }))
  for (let done = 0; done < history.length; done += 40) {
    await scope.carrier.publish(history.slice(done, done + 40))
    await sleep(5)
  }
}

/** Everything that the readers tell, from memory and from the database. */
async function expectSame({ byColumns, bySql, refused }: Started, seed: number): Promise<void> {
  const random = seeded(seed)
  for (const coverage of COVERAGES) {
    for (const sort of INSTANCE_SORTS) {
      const filter = filterOf(random.next() < 0.3 ? null : randomExpression(random), {
        coverage,
        status: random.pick([...STATUS_FILTERS]),
      })
      const order = random.next() < 0.5 ? [sort] : [sort, random.pick(INSTANCE_SORTS.filter((other) => other !== sort))]
      const limit = random.pick([20, 200])
      expect(await allPages(byColumns.instances, filter, order, limit)).toEqual(
        await allPages(bySql.instances, filter, order, limit),
      )
    }
    const { query } = filterOf(randomExpression(random))
    if (query === null) throw new Error('a query is missing')
    expect(await byColumns.previews.read(query)).toEqual(await bySql.previews.read(query))
    expect(await byColumns.summaries.read(query)).toEqual(await bySql.summaries.read(query))
  }
  expect(refused()).toBe(0)
}

it.each([1, 2])(
  'Lists, previews and numbers from memory are those of the database, while scans and exceptions come and go (seed %i)',
  { timeout: 120_000 },
  async (seed) => {
    const started = await start()
    const { scope } = started
    const random = seeded(seed + 50)
    await scope.tell({ expression: 'severity in ["low", "critical"]' })
    const [, exceptions] = await Promise.all([
      fill(scope, seed),
      (async () => {
        await started.ready()
        const told: string[] = []
        for (let count = 0; count < 8; count++) {
          const effect = random.pick(['SUPPRESS', 'DEFER'] as const)
          const status = random.pick(['ACTIVE', 'PENDING_APPROVAL'] as const)
          told.push(await scope.tell({ expression: randomExpression(random), effect, status }))
        }
        return told
      })(),
    ])
    await scope.rest()
    await scope.heartbeat()
    await expectSame(started, seed)
    // Without a change of any row: one ends by the clock alone, another is approved.
    await scope.tell({
      expression: 'cvss >= 5.0',
      expiresAt: new Date(scope.clock.now().getTime() + 60_000),
    })
    await expectSame(started, seed + 1)
    scope.clock.advance(120_000)
    for (const id of exceptions.slice(0, 4)) {
      await scope.tell({ id, version: 2, expression: 'true', status: 'DEACTIVATED', endedAt: scope.clock.now() })
    }
    await expectSame(started, seed + 2)
    const members = await scope.database.db.selectFrom('exception').select(['key']).where('live', '=', true).execute()
    for (const { key } of members) {
      const filter = filterOf(null, { status: 'all', memberOf: { exception: key, at: null } })
      expect(await allPages(started.byColumns.instances, filter, ['firstSeen'], 7)).toEqual(
        await allPages(started.bySql.instances, filter, ['firstSeen'], 7),
      )
    }
  },
)

it('What a slow transaction commits late is in the next answer, what it rolls back never; later ones do not wait for it', async () => {
  const started = await start()
  const { scope, byColumns } = started
  await scope.publish(
    ...Array.from({ length: 6 }, (_, n) => observed({ vulnerability: { id: `CVE-2024-300${n}` }, severity: 'low' })),
  )
  await started.ready()
  const critical = async () =>
    (await allPages(byColumns.instances, filterOf('severity == "critical"'), ['vulnerability'], 50)).ids.length
  const worsen = (client: pg.Client | pg.Pool, n: number) =>
    client.query(
      `UPDATE instance SET severity = 5 WHERE vulnerability_key = (SELECT key FROM vulnerability WHERE canonical = $1)`,
      [`CVE-2024-300${n}`],
    )
  const slow = new pg.Client({ connectionString: scope.databaseUrl })
  const undone = new pg.Client({ connectionString: scope.databaseUrl })
  await Promise.all([slow.connect(), undone.connect()])
  ends.push(async () => {
    await Promise.all([slow.end(), undone.end()])
  })
  await slow.query('BEGIN')
  await worsen(slow, 0)
  await undone.query('BEGIN')
  await worsen(undone, 1)
  expect(await critical()).toBe(0)
  for (const n of [2, 3]) {
    await worsen(scope.database.pool, n)
    expect(await critical()).toBe(n - 1)
  }
  await undone.query('ROLLBACK')
  await slow.query('COMMIT')
  expect(await critical()).toBe(3)
  // Committed in the reverse of the order in which they began.
  await slow.query('BEGIN')
  await worsen(slow, 4)
  await worsen(scope.database.pool, 5)
  expect(await critical()).toBe(4)
  await slow.query('COMMIT')
  expect(await critical()).toBe(5)
  expect(started.refused()).toBe(0)
})

it('Pages of a list that changes under its reader tell no instance twice, and all that stayed', async () => {
  const started = await start()
  const { scope, byColumns } = started
  await scope.publish(
    ...Array.from({ length: 120 }, (_, n) =>
      observed({ vulnerability: { id: `CVE-2024-${4000 + n}` }, severity: n % 2 === 0 ? 'low' : 'high' }),
    ),
  )
  await started.ready()
  const changing = new AbortController()
  const change = (async () => {
    for (let n = 0; !changing.signal.aborted; n++) {
      await scope.database.pool.query(
        `UPDATE instance SET open = NOT open, closed_at = CASE WHEN open THEN now() END
         WHERE severity = 4 AND vulnerability_key % 7 = $1`,
        [n % 7],
      )
      await sleep(3)
    }
  })()
  const low = (await allPages(byColumns.instances, filterOf('severity == "low"'), ['vulnerability'], 200)).ids
  for (let round = 0; round < 5; round++) {
    const { ids } = await allPages(byColumns.instances, filterOf(null), ['vulnerability'], 9)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => low.includes(id))).toEqual(low)
  }
  changing.abort()
  await change
  expect(started.refused()).toBe(0)
})

it('An answer that could not wait for the newest says of when it is; once that is too long ago, the database answers', async () => {
  const started = await start({ patienceMs: 100 })
  const { scope, byColumns, refused } = started
  await scope.publish(observed())
  await scope.heartbeat()
  await started.ready()
  const page = () =>
    byColumns.instances.page(filterOf(null), { sort: [{ field: 'severity', descending: true }], limit: 5 })
  const now = scope.clock.now()
  await expect.poll(async () => (await page()).asOf).toEqual(now)
  const locking = new pg.Client({ connectionString: scope.databaseUrl })
  await locking.connect()
  ends.push(() => locking.end())
  await locking.query('BEGIN; LOCK TABLE inventory_change IN ACCESS EXCLUSIVE MODE')
  // A look that was on its way may still have succeeded.
  await expect.poll(async () => (await page()).asOf?.getTime() ?? 0).toBeLessThan(now.getTime())
  expect((await page()).items).toHaveLength(1)
  const before = refused()
  await expect.poll(refused, { timeout: 10_000, interval: 100 }).toSatisfy((count: number) => {
    void page()
    return count > before
  })
  expect((await page()).asOf).toEqual(now)
  await locking.query('ROLLBACK')
  const isFresh = async () => {
    const asked = refused()
    return (await page()).asOf?.getTime() === now.getTime() && refused() === asked
  }
  await expect.poll(isFresh, { timeout: 10_000 }).toBe(true)
})

it('When the connection ends, the database answers until everything was read anew', async () => {
  const started = await start()
  const { scope, thread, byColumns } = started
  await scope.publish(observed())
  await started.ready()
  await scope.database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'scope columns' AND datname = current_database()`,
  )
  await expect.poll(() => thread.status.state).not.toBe('ready')
  expect(thread.warning()).toContain('not kept in memory')
  await scope.publish(observed({ vulnerability: { id: 'CVE-2024-5000' } }))
  expect((await allPages(byColumns.instances, filterOf(null), ['severity'], 5)).ids).toHaveLength(2)
  await expect.poll(() => thread.status.state, { timeout: 10_000 }).toBe('ready')
  expect(thread.status.rows).toBe(2)
  expect((await allPages(byColumns.instances, filterOf(null), ['severity'], 5)).ids).toHaveLength(2)
  expect(thread.warning()).toBeNull()
})

it('Columns that would take more memory than they may are not kept; the database answers, and that is told', async () => {
  const started = await start({ memoryBytes: 1_000 })
  const { scope, thread, byColumns } = started
  await scope.publish(observed())
  thread.start()
  await expect.poll(() => thread.status.state, { timeout: 10_000 }).toBe('full')
  expect((await allPages(byColumns.instances, filterOf(null), ['severity'], 5)).ids).toHaveLength(1)
  expect(thread.warning()).toMatch(/not kept in memory, lists are slower: .* more than they may/)
})

it('Changes that were read are deleted after a while; whoever has not read them knows that, and begins anew', async () => {
  const { scope } = await start()
  await scope.publish(observed())
  const connect = async () => {
    const client = new pg.Client({ connectionString: scope.databaseUrl })
    await client.connect()
    ends.push(() => client.end())
    const source = new InventorySource(client, MEMORY)
    await source.load()
    return source
  }
  const [diligent, idle] = [await connect(), await connect()]
  let elapsed = 0
  const log = new InventoryLog(scope.database, () => elapsed)
  const kept = async () =>
    (await scope.database.pool.query<{ count: number }>('SELECT count(*) FROM inventory_change')).rows[0]?.count
  await scope.publish(observed({ vulnerability: { id: 'CVE-2024-6000' } }))
  expect(await diligent.catchUp()).toBeGreaterThan(0)
  await log.prune()
  expect(await kept()).toBeGreaterThan(0)
  // Whatever runs in the server meanwhile, in other databases, too, holds the marks back. Ten minutes go by each time, in which whoever is
  // diligent has looked.
  await expect
    .poll(async () => {
      await diligent.catchUp()
      elapsed += 600_000
      await log.prune()
      return await kept()
    })
    .toBe(0)
  await scope.publish(observed({ vulnerability: { id: 'CVE-2024-6001' } }))
  await diligent.catchUp()
  expect(diligent.inventory.rows.count).toBe(3)
  await expect(idle.catchUp()).rejects.toThrow(ChangesGoneError)
  await idle.load()
  expect(idle.inventory.rows.count).toBe(3)
})

it('A log of changes that came with a backup of another server is no obstacle', async () => {
  const { scope } = await start()
  await scope.publish(observed())
  const client = new pg.Client({ connectionString: scope.databaseUrl })
  await client.connect()
  ends.push(() => client.end())
  await client.query(`UPDATE inventory_log SET kept_from = '4000000000'`)
  await client.query(`UPDATE inventory_change SET xid = '4000000001'`)
  const source = new InventorySource(client, MEMORY)
  await expect(source.load()).rejects.toThrow(ChangesGoneError)
  await new InventoryLog(scope.database).prune()
  await source.load()
  expect(source.inventory.rows.count).toBe(1)
  expect(await source.catchUp()).toBe(0)
})
