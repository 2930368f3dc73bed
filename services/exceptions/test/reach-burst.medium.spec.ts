import 'reflect-metadata'
import { ManualClock } from '@reprieve/clock'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { World } from './world.js'

const COUNT = 10_000
const clock = new ManualClock(new Date('2026-03-10T09:00:00Z'))
let world: World

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

describe('a burst of counts', () => {
  it(`of ${COUNT} exceptions at once is shown within seconds, each as the newest says`, async () => {
    const first = await world.active()
    const { db } = world.service.database.open<{ exception: { id: string } }>()
    await sql`
      INSERT INTO exception SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'query_id', gen_random_uuid()))).*
      FROM exception AS e, generate_series(2, ${COUNT}) WHERE e.id = ${first}`.execute(db)
    const ids = (await db.selectFrom('exception').select('id').execute()).map(({ id }) => id)
    expect(ids).toHaveLength(COUNT)
    const told = (exceptionId: string, version: number, instances: number) => ({
      subjectId: exceptionId,
      version,
      body: {
        subject: {
          case: 'reach' as const,
          value: { exceptionId, instances: BigInt(instances), asOf: { seconds: BigInt(version) } },
        },
      },
    })
    const events = ids.flatMap((id, index) => [told(id, 2, index + 1), told(id, 1, 0)])
    const started = performance.now()
    for (let from = 0; from < events.length; from += 1_000) {
      await world.service.publish('scope.v1', ...events.slice(from, from + 1_000))
    }
    const counted = async () =>
      (await sql<{ n: number }>`SELECT count(*)::int AS n FROM exception WHERE instance_count > 0`.execute(db)).rows[0]
        ?.n
    await expect.poll(counted, { timeout: 30_000, interval: 100 }).toBe(COUNT)
    // One at a time they took minutes.
    expect(performance.now() - started).toBeLessThan(20_000)
    await expect
      .poll(async () => (await sql<{ n: number }>`SELECT count(*)::int AS n FROM known_reach`.execute(db)).rows[0]?.n, {
        timeout: 10_000,
      })
      .toBe(2 * COUNT)
    expect(await counted()).toBe(COUNT)
  }, 90_000)
})
