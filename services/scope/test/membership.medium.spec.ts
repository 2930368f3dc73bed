import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, expect, it, vi } from 'vitest'
import { type HistoryRecord, interleaved, randomExpression, randomHistory, seeded } from './random-history.js'
import { type RunningScope, runScope, type ToldException, toldEvent } from './running-scope.js'
import { membershipAndOracle, storedState } from './stored-state.js'

let running: RunningScope[] = []
afterEach(async () => {
  await Promise.all(running.map((scope) => scope.close()))
  running = []
})
const start = async () => {
  const scope = await runScope()
  running.push(scope)
  return scope
}

const messages = (records: readonly HistoryRecord[]) =>
  records.map(({ asset, event }) => ({
    topic: 'scanner.instances.v1',
    key: asset,
    value: Buffer.from(JSON.stringify(event)),
    headers: { 'content-type': 'application/json' },
  }))

it.each([1, 2, 3])(
  'Exceptions that join, are approved and end while instances arrive have at rest exactly the members that their queries select (seed %i)',
  async (seed) => {
    const scope = await start()
    const random = seeded(seed)
    const history = messages(interleaved(randomHistory(seed, { assets: 12, scans: 8 }), seed))
    const scanners = async () => {
      const pace = seeded(seed + 100)
      for (let done = 0; done < history.length; ) {
        const size = 1 + pace.integer(60)
        await scope.carrier.publish(history.slice(done, done + size))
        done += size
        await sleep(pace.integer(15))
      }
    }
    const people = async () => {
      for (let count = 0; count < 25; count++) {
        const id = uuidv7()
        const expression = randomExpression(random)
        const tell = async (told: Omit<ToldException, 'expression'>) =>
          await scope.carrier.publish([
            { topic: 'exceptions.v1', key: id, value: toldEvent({ id, expression, ...told }, scope.clock.now()) },
          ])
        await tell({ version: 1, status: 'PENDING_APPROVAL' })
        await sleep(random.integer(20))
        const fate = random.pick(['stays', 'approved', 'approved', 'denied', 'ended'])
        if (fate === 'denied') await tell({ version: 2, status: 'DENIED', endedAt: scope.clock.now() })
        if (fate === 'approved' || fate === 'ended') await tell({ version: 2, status: 'ACTIVE' })
        if (fate === 'ended') {
          await sleep(random.integer(20))
          await tell({ version: 3, status: 'DEACTIVATED', appliedSince: scope.clock.now(), endedAt: scope.clock.now() })
        }
      }
    }
    await Promise.all([scanners(), people()])
    await scope.rest()
    const { stored, oracle, instances } = await membershipAndOracle(scope.database, scope.clock.now())
    expect(instances).toBeGreaterThan(100)
    expect(oracle.length).toBeGreaterThan(100)
    expect(stored).toEqual(oracle)
    const { rows } = await scope.database.pool.query(
      `SELECT count(*) AS left FROM membership m JOIN exception e ON e.key = m.exception_key WHERE NOT e.live AND m.until IS NULL`,
    )
    expect(rows).toEqual([{ left: 0 }])
    // What other systems were told adds up to what is covered.
    const told = new Map<string, boolean>()
    for (const { instanceId, exceptionId, covered } of scope.published.coverage)
      told.set(`${instanceId} ${exceptionId}`, covered)
    const covered = await scope.database.pool.query<{ pair: string }>(
      `SELECT i.id || ' ' || e.id AS pair FROM membership m JOIN exception e ON e.key = m.exception_key AND e.status = 'active'
       JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key WHERE m.until IS NULL`,
    )
    // What each exception is told to reach, kept by additions alone, is what counting finds.
    await vi.waitFor(
      async () => expect(await scope.database.db.selectFrom('reach_due').selectAll().execute()).toEqual([]),
      {
        timeout: 20_000,
      },
    )
    const reach = await scope.database.pool.query<{ told: number; counted: number }>(
      `SELECT coalesce(reach.instances, 0) AS told, (SELECT count(*) FROM membership m
         JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key AND i.open
         WHERE m.exception_key = e.key AND m.until IS NULL) AS counted
       FROM exception e LEFT JOIN reach ON reach.exception_key = e.key WHERE e.live ORDER BY e.key`,
    )
    expect(reach.rows.some(({ counted }) => counted > 0)).toBe(true)
    expect(reach.rows.map((row) => row.told)).toEqual(reach.rows.map((row) => row.counted))
    const toldCovered = [...told].filter(([, is]) => is).map(([pair]) => pair)
    expect(toldCovered.sort()).toEqual(covered.rows.map(({ pair }) => pair).sort())
  },
)

it('The same records, mixed otherwise, twice each, or all once more at the end, come to the same', async () => {
  const history = randomHistory(7, { assets: 8, scans: 6 })
  const told: ToldException[] = Array.from({ length: 6 }, (_, n) => ({
    id: `01a00000-0000-7000-8000-00000000000${n}`,
    expression: randomExpression(seeded(n)),
  }))
  const play = async (records: readonly HistoryRecord[], size: number) => {
    const scope = await start()
    for (const exception of told.slice(0, 3)) await scope.tell(exception)
    const all = messages(records)
    for (let done = 0; done < all.length; done += size) await scope.carrier.publish(all.slice(done, done + size))
    for (const exception of told.slice(3)) await scope.tell(exception)
    await scope.rest()
    const { stored, oracle } = await membershipAndOracle(scope.database, scope.clock.now())
    expect(stored).toEqual(oracle)
    return await storedState(scope.database)
  }
  const plain = await play(history, 1_000)
  expect(plain.instances.length).toBeGreaterThan(50)
  expect(plain.members.length).toBeGreaterThan(20)
  expect(plain.scans.some(({ outcome }) => outcome === 'incomplete')).toBe(true)
  expect(await play(interleaved(history, 3), 17)).toEqual(plain)
  expect(
    await play(
      history.flatMap((record) => [record, record]),
      50,
    ),
  ).toEqual(plain)
  expect(await play([...history, ...history], 200)).toEqual(plain)
})
