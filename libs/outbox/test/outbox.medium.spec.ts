import { fromBinary } from '@bufbuild/protobuf'
import { rules } from '@reprieve/contracts'
import type { Database } from '@reprieve/database'
import type { OutgoingMessage, Publisher } from '@reprieve/messaging'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { firstTime, type NewEvent, Outbox, OutboxRelay, type OutboxTables, outboxMigrations } from '../src/index.js'

/** A broker that keeps what it acknowledged, and can be told to fail before or after keeping it. */
class RecordingBroker implements Publisher {
  readonly kept: OutgoingMessage[] = []
  fail: 'before' | 'after' | null = null

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.fail === 'before') throw new Error('broker away')
    this.kept.push(...messages)
    if (this.fail === 'after') throw new Error('acknowledgement lost')
  }

  versions(key: string): bigint[] {
    return this.kept
      .filter((message) => message.key === key)
      .map((message) => fromBinary(rules.RuleEventSchema, message.value).meta?.version?.n ?? 0n)
  }
}

const change = (subjectId: string, version: number): NewEvent<'rules.v1'> => ({
  topic: 'rules.v1',
  subjectId,
  version,
  actor: { id: '0190b6a2-0000-7000-8000-000000000001', name: 'Ada' },
  at: new Date('2026-01-02T03:04:05Z'),
  body: { rule: { id: subjectId, role: 'developer', version } },
})

const until = async (condition: () => boolean | Promise<boolean>) => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('the outbox', () => {
  let test: TestDatabase
  let database: Database<OutboxTables>
  let outbox: Outbox
  let broker: RecordingBroker
  const relays: OutboxRelay[] = []

  const relay = (publisher: Publisher = broker): OutboxRelay => {
    const made = new OutboxRelay({ url: test.url, publisher, outbox })
    relays.push(made)
    made.start()
    return made
  }
  const waiting = async () =>
    Number(
      (
        await database.db
          .selectFrom('outbox')
          .select((e) => e.fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    )

  beforeEach(async () => {
    test = await createDatabase(outboxMigrations)
    database = test.open<OutboxTables>()
    outbox = new Outbox()
    broker = new RecordingBroker()
  })

  afterEach(async () => {
    await Promise.all(relays.splice(0).map((made) => made.stop()))
    await test.drop()
  })

  it('publishes nothing of a transaction that was rolled back', async () => {
    relay()
    await database
      .transaction(async (tx) => {
        await outbox.append(tx, change('a', 1))
        throw new Error('no')
      })
      .catch(() => {})
    await database.transaction((tx) => outbox.append(tx, change('b', 1)))
    await until(() => broker.kept.length > 0)
    expect(broker.kept.map((message) => message.key)).toEqual(['b'])
  })

  it('tells in the envelope which event it is, of which version, by whom and when', async () => {
    relay()
    const [eventId] = await database.transaction((tx) => outbox.append(tx, change('a', 7)))
    await until(() => broker.kept.length > 0)
    const message = broker.kept[0]
    const { meta } = fromBinary(rules.RuleEventSchema, message?.value ?? new Uint8Array())
    expect(meta).toMatchObject({ eventId, subjectId: 'a', replay: false, actor: { name: 'Ada' }, version: { n: 7n } })
    expect(meta?.version?.incarnation).toBeGreaterThan(1_700_000_000_000n)
    expect(message?.headers?.['event-id']).toBe(eventId)
  })

  it('keeps the order of one key over many transactions at once, and deletes what was acknowledged', async () => {
    relay()
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
    await Promise.all(
      keys.map(async (key) => {
        for (let version = 1; version <= 25; version++) {
          await database.transaction((tx) => outbox.append(tx, change(key, version)))
        }
      }),
    )
    await until(async () => (await waiting()) === 0)
    for (const key of keys)
      expect(broker.versions(key)).toEqual(Array.from({ length: 25 }, (_, index) => BigInt(index + 1)))
  })

  it('keeps events while the broker is away, says so, and publishes them when it is back', async () => {
    broker.fail = 'before'
    const running = relay()
    await database.transaction((tx) => outbox.append(tx, change('a', 1), change('a', 2)))
    await until(() => running.status().trouble !== null)
    expect(await waiting()).toBe(2)
    broker.fail = null
    await until(async () => (await waiting()) === 0)
    expect(broker.versions('a')).toEqual([1n, 2n])
    expect(running.status().trouble).toBeNull()
  })

  it('publishes again, in order, what was kept but not acknowledged', async () => {
    broker.fail = 'after'
    relay()
    await database.transaction((tx) => outbox.append(tx, change('a', 1), change('a', 2)))
    await until(() => broker.kept.length >= 2)
    broker.fail = null
    await until(async () => (await waiting()) === 0)
    expect(broker.versions('a').slice(-2)).toEqual([1n, 2n])
  })

  it('is relayed by one process at a time, and by the next one when that stops', async () => {
    const first = relay()
    await until(() => first.status().leads)
    const second = relay()
    await database.transaction((tx) => outbox.append(tx, change('a', 1)))
    await until(async () => (await waiting()) === 0)
    expect(second.status()).toMatchObject({ leads: false, published: 0 })
    await first.stop()
    await database.transaction((tx) => outbox.append(tx, change('a', 2)))
    await until(async () => (await waiting()) === 0)
    expect(second.status()).toMatchObject({ leads: true, published: 1 })
    expect(broker.versions('a')).toEqual([1n, 2n])
  })

  it('goes on after the database cut the connection that held the lock', async () => {
    const running = relay()
    await until(() => running.status().leads)
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reprieve-relay' AND datname = current_database()",
    )
    await database.transaction((tx) => outbox.append(tx, change('a', 1)))
    await until(async () => (await waiting()) === 0)
    expect(broker.versions('a')).toEqual([1n])
  })

  it('takes large batches apart without losing their order', async () => {
    relay()
    await database.transaction((tx) =>
      outbox.append(tx, ...Array.from({ length: 3_500 }, (_, index) => change('bulk', index + 1))),
    )
    await until(async () => (await waiting()) === 0)
    expect(broker.versions('bulk')).toEqual(Array.from({ length: 3_500 }, (_, index) => BigInt(index + 1)))
  })
})

describe('the inbox', () => {
  it('lets a consumer act on an event once, however many deliveries come at the same moment', async () => {
    const test = await createDatabase(outboxMigrations)
    const database = test.open<OutboxTables>()
    const id = '0190b6a2-0000-7000-8000-00000000000a'
    const acted = await Promise.all(
      Array.from({ length: 10 }, () => database.transaction((tx) => firstTime(tx, 'mailer', id))),
    )
    expect(acted.filter(Boolean)).toHaveLength(1)
    expect(await database.transaction((tx) => firstTime(tx, 'another', id))).toBe(true)
    await test.drop()
  })

  it('forgets what a handler noted in a transaction that failed', async () => {
    const test = await createDatabase(outboxMigrations)
    const database = test.open<OutboxTables>()
    const id = '0190b6a2-0000-7000-8000-00000000000b'
    await database
      .transaction(async (tx) => {
        await firstTime(tx, 'mailer', id)
        throw new Error('no')
      })
      .catch(() => {})
    expect(await database.transaction((tx) => firstTime(tx, 'mailer', id))).toBe(true)
    await test.drop()
  })
})
