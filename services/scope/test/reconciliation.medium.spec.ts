import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { observed } from './events.js'
import { type RunningScope, runScope } from './running-scope.js'
import { membershipAndOracle } from './stored-state.js'

let scope: RunningScope
beforeAll(async () => {
  scope = await runScope()
})
afterAll(async () => {
  await scope.close()
})

const get = async (path: string) => (await scope.api(`GET ${path}`, scope.admin)).body
const run = async () => {
  const { body } = await scope.api('POST /reconciliations', scope.admin, {})
  await scope.rest()
  return (await get('/reconciliations')).items.find(({ id }: { id: string }) => id === body.id)
}

let assets = 0
let id: string
let ended: string
let instances: { id: string; key: number; asset_key: number }[]

describe('What somebody has done to membership past the service is reported and mended:', () => {
  /** Four instances, two of them members of an active exception, all of them former members of one that has ended. */
  beforeEach(async () => {
    const asset = { name: `node-${++assets}`, type: 'ASSET_TYPE_HOST' }
    const on = `asset.name == "${asset.name}"`
    await scope.publish(
      ...[1, 2, 3, 4].map((n) =>
        observed({ asset, vulnerability: { id: `CVE-2024-${n}000` }, severity: n < 3 ? 'high' : 'low' }),
      ),
    )
    id = await scope.tell({ expression: `${on} && severity == "high"` })
    ended = await scope.tell({ expression: on })
    scope.clock.advance(60_000)
    await scope.tell({
      id: ended,
      version: 2,
      expression: on,
      status: 'DEACTIVATED',
      appliedSince: new Date('2026-03-01T12:00:00Z'),
      endedAt: scope.clock.now(),
    })
    scope.clock.advance(600_000)
    const { rows } = await scope.database.pool.query(
      `SELECT i.id, i.key, i.asset_key FROM instance i JOIN asset a ON a.key = i.asset_key WHERE a.name = $1
       ORDER BY i.severity DESC, i.key`,
      [asset.name],
    )
    instances = rows
    expect(await run()).toMatchObject({ status: 'done', missing: 0, surplus: 0 })
  })

  const damage = async (statement: string, ...values: unknown[]) =>
    await scope.database.pool.query(
      statement
        .replaceAll(':key', `(SELECT key FROM exception WHERE id = '${id}')`)
        .replaceAll(':ended', `(SELECT key FROM exception WHERE id = '${ended}')`),
      values,
    )
  const mended = async (found: { missing: number; surplus: number }) => {
    expect(await run()).toMatchObject({ status: 'done', ...found })
    expect(await run()).toMatchObject({ status: 'done', missing: 0, surplus: 0, examples: [] })
    const { stored, oracle } = await membershipAndOracle(scope.database, scope.clock.now())
    expect(stored).toEqual(oracle)
    const { rows } = await scope.database.pool.query(
      `SELECT count(*)::int AS wrong FROM membership m JOIN exception e ON e.key = m.exception_key
       WHERE (m.until IS NULL AND NOT e.live) OR m.since > $1 OR m.until > $1`,
      [scope.clock.now()],
    )
    expect(rows).toEqual([{ wrong: 0 }])
  }
  /** What listeners hold last of each of the four and the active exception. */
  const told = () =>
    instances.map(
      (instance) =>
        scope.published.coverage.findLast(
          ({ instanceId, exceptionId }) => instanceId === instance.id && exceptionId === id,
        )?.covered ?? null,
    )

  it('a member that is missing', async () => {
    await damage('DELETE FROM membership WHERE exception_key = :key AND instance_key = $1', instances[0]?.key)
    await mended({ missing: 1, surplus: 0 })
    expect(told()).toEqual([true, true, null, null])
  })

  it('a member that should not be', async () => {
    await damage(
      'INSERT INTO membership (instance_key, asset_key, exception_key, since) VALUES ($1, $2, :key, $3)',
      instances[2]?.key,
      instances[2]?.asset_key,
      scope.clock.now(),
    )
    await mended({ missing: 0, surplus: 1 })
    expect(told()).toEqual([true, true, false, null])
  })

  it('a member that was ended though it still is one', async () => {
    await damage('UPDATE membership SET until = $1 WHERE exception_key = :key', scope.clock.now())
    await mended({ missing: 2, surplus: 0 })
  })

  it('members of an exception that has ended', async () => {
    await damage('UPDATE membership SET until = NULL WHERE exception_key = :ended')
    await mended({ missing: 0, surplus: 4 })
    expect(
      scope.published.coverage.filter(({ exceptionId, covered }) => exceptionId === ended && !covered).length,
    ).toBe(8)
  })

  it('what is said to have begun in the future', async () => {
    await damage(
      'UPDATE membership SET since = $1 WHERE exception_key = :key',
      new Date(scope.clock.now().getTime() + 86_400_000),
    )
    await mended({ missing: 0, surplus: 2 })
  })

  it('what is said to end in the future', async () => {
    await damage(
      'UPDATE membership SET until = $1 WHERE exception_key = :ended',
      new Date(scope.clock.now().getTime() + 86_400_000),
    )
    await mended({ missing: 0, surplus: 4 })
  })

  it('what is said to have ended after it began once more', async () => {
    await damage(
      `INSERT INTO membership (instance_key, asset_key, exception_key, since, until)
       SELECT instance_key, asset_key, exception_key, since - interval '1 hour', since + interval '1 minute'
       FROM membership WHERE exception_key = :key AND until IS NULL`,
    )
    await mended({ missing: 0, surplus: 2 })
  })

  it('members that are no instances, or of no exception', async () => {
    await damage(
      `INSERT INTO membership (instance_key, asset_key, exception_key, since)
       VALUES (900000001, 1, :key, $1), ($2, $3, 900000, $1), ($2, $3 + 1000000, :key, $1)`,
      scope.clock.now(),
      instances[0]?.key,
      instances[0]?.asset_key,
    )
    await mended({ missing: 0, surplus: 3 })
  })

  it('members that are no instances, however many parts of the table they fill', async () => {
    await damage(
      `INSERT INTO membership (instance_key, asset_key, exception_key, since)
       SELECT 900000000 + n, 1, :key, $1 FROM generate_series(1, 60000) AS n`,
      scope.clock.now(),
    )
    await mended({ missing: 0, surplus: 60_000 })
  })
})

it('A reconciliation that is cut off goes on where it was', async () => {
  const { rows } = await scope.database.pool.query<{ last: number; key: number }>(
    'SELECT asset_key AS last, max(key) AS key FROM instance GROUP BY 1 ORDER BY 1 DESC OFFSET 1 LIMIT 1',
  )
  const behind = await scope.database.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM instance WHERE asset_key > $1',
    [rows[0]?.last],
  )
  const started = '01a00000-0000-7000-8000-0000000000ff'
  await scope.database.pool.query(
    `INSERT INTO reconciliation (id, cause, started_at, status, after_asset, after_instance, instances)
     VALUES ($1, 'request', $2, 'running', $3, $4, 1000)`,
    [started, scope.clock.now(), rows[0]?.last, rows[0]?.key],
  )
  await scope.rest()
  const found = (await get('/reconciliations?limit=100')).items.find(({ id }: { id: string }) => id === started)
  expect(found).toMatchObject({ status: 'done', instances: 1_000 + (behind.rows[0]?.count ?? 0) })
})
