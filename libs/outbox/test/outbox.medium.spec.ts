import { fromBinary } from '@bufbuild/protobuf'
import { rules } from '@reprieve/contracts'
import type { Database } from '@reprieve/database'
import { MOST_MESSAGE_BYTES, type OutgoingMessage, type Publisher } from '@reprieve/messaging'
import { inTrace, startTelemetry } from '@reprieve/telemetry'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  beginIncarnation,
  EventTooLargeError,
  firstTime,
  MOST_EVENT_BYTES,
  type NewEvent,
  Outbox,
  OutboxRelay,
  type OutboxTables,
  outboxMigrations,
  pruneInbox,
} from '../src/index.js'

/** A broker that keeps what it acknowledged, and can be told to fail before or after keeping it. */
class RecordingBroker implements Publisher {
  readonly kept: OutgoingMessage[] = []
  fail: 'before' | 'after' | null = null
  readonly calls: Array<readonly OutgoingMessage[]> = []

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    this.calls.push(messages)
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

  it('says of a restored database what is newer than all before, even where the clock is behind', async () => {
    const incarnationOf = (message: OutgoingMessage | undefined) =>
      fromBinary(rules.RuleEventSchema, message?.value ?? new Uint8Array()).meta?.version?.incarnation ?? 0n
    relay()
    await database.transaction((tx) => outbox.append(tx, change('a', 7)))
    await until(async () => broker.kept.length === 1)
    const century = BigInt(Date.now()) + 3_155_760_000_000n
    await database.pool.query('UPDATE incarnation SET started_at_ms = $1', [century])
    const began = await beginIncarnation(database.pool)
    expect(BigInt(began)).toBe(century + 1n)
    // A process reads it once: the service was stopped meanwhile.
    await database.transaction((tx) => new Outbox().append(tx, change('a', 3)))
    await until(async () => broker.kept.length === 2)
    expect(incarnationOf(broker.kept[1])).toBeGreaterThan(incarnationOf(broker.kept[0]))
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

  it('publishes first what was first, though a relay that lost its lock still has the same events on their way', async () => {
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    onTestFinished(() => held.resolve())
    const slow: Publisher = {
      publish: async (messages) => {
        begun.resolve()
        await held.promise
        await broker.publish(messages)
      },
    }
    const deposed = relay(slow)
    await until(() => deposed.status().leads)
    await database.transaction((tx) => outbox.append(tx, change('a', 1), change('a', 2)))
    await begun.promise
    const successor = relay()
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reprieve-relay' AND datname = current_database()",
    )
    await until(() => successor.status().published === 2)
    await database.transaction((tx) => outbox.append(tx, change('a', 3)))
    await until(() => successor.status().published === 3)
    held.resolve()
    await until(() => broker.kept.length === 5)
    // Consumers drop what is older, and act once on each event.
    expect([...new Set(broker.versions('a'))]).toEqual([1n, 2n, 3n])
    expect(await waiting()).toBe(0)
  })

  it('refuses, with the change itself, an event that no carrier would take', async () => {
    relay()
    const large = (bytes: number): NewEvent<'rules.v1'> => {
      const event = change('large', 1)
      return { ...event, body: { rule: { id: 'large', instructions: 'x'.repeat(bytes) } } }
    }
    await expect(
      database.transaction((tx) => outbox.append(tx, change('a', 1), large(MOST_EVENT_BYTES))),
    ).rejects.toThrow(EventTooLargeError)
    await database.transaction((tx) => outbox.append(tx, large(MOST_EVENT_BYTES - 200)))
    await until(async () => (await waiting()) === 0)
    expect(broker.kept.map(({ key }) => key)).toEqual(['large'])
    const [{ key, value, headers }] = broker.kept as [OutgoingMessage]
    const bytes = value.length + JSON.stringify(headers).length + key.length
    expect(bytes).toBeGreaterThan(MOST_EVENT_BYTES - 200)
    expect(bytes + 10_000).toBeLessThan(MOST_MESSAGE_BYTES)
  })

  it('publishes no more than a few megabytes in one call', async () => {
    await database.transaction((tx) =>
      outbox.append(
        tx,
        ...Array.from({ length: 12 }, (_, index): NewEvent<'rules.v1'> => {
          const event = change('wide', index + 1)
          return { ...event, body: { rule: { id: 'wide', instructions: 'x'.repeat(900_000) } } }
        }),
      ),
    )
    relay()
    await until(async () => (await waiting()) === 0)
    expect(broker.versions('wide')).toEqual(Array.from({ length: 12 }, (_, index) => BigInt(index + 1)))
    for (const call of broker.calls) {
      expect(call.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThan(5 * 1024 * 1024)
    }
  })

  it('carries the trace of whoever made the change, and its key where it is not the subject', async () => {
    const telemetry = await startTelemetry({ service: 'test' })
    relay()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await inTrace({ traceparent }, () =>
      database.transaction((tx) => outbox.append(tx, { ...change('a', 1), key: 'asset-1' })),
    )
    await until(() => broker.kept.length > 0)
    expect(broker.kept[0]).toMatchObject({ key: 'asset-1', headers: { traceparent } })
    await telemetry.stop()
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

  it('keeps what it was told for thirty days', async () => {
    const test = await createDatabase(outboxMigrations)
    const database = test.open<OutboxTables>()
    const old = '0190b6a2-0000-7000-8000-00000000000c'
    const young = '0190b6a2-0000-7000-8000-00000000000d'
    await database.transaction((tx) => Promise.all([firstTime(tx, 'mailer', old), firstTime(tx, 'mailer', young)]))
    await database.pool.query(
      `UPDATE inbox SET handled_at = clock_timestamp() - CASE event_id WHEN $1 THEN interval '31 days' ELSE interval '29 days' END`,
      [old],
    )
    await pruneInbox(database)
    expect(await database.transaction((tx) => firstTime(tx, 'mailer', young))).toBe(false)
    expect(await database.transaction((tx) => firstTime(tx, 'mailer', old))).toBe(true)
    await test.drop()
  })
})
