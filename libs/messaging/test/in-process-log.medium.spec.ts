import { ManualClock } from '@reprieve/clock'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ActiveSubscription, InProcessCarrier, LogInUseError, messagingMigrations } from '../src/index.js'
import { Recorder } from './support/recorder.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

describe("the in-process carrier's log", () => {
  let database: TestDatabase
  let clock: ManualClock
  let carrier: InProcessCarrier

  const open = () => InProcessCarrier.open({ url: database.url, clock })

  beforeEach(async () => {
    database = await createDatabase(messagingMigrations)
    clock = new ManualClock()
    carrier = await open()
    await carrier.ensureTopics([
      { name: 'events.v1', partitions: 1, retentionMs: 10 * MINUTE_MS },
      { name: 'state.v1', partitions: 1, retentionMs: 'compacted' },
    ])
  })
  afterEach(async () => {
    await carrier.close()
    await database.drop()
  })

  const publish = (topic: string, ...pairs: Array<[key: string, text: string]>) =>
    carrier.publish(pairs.map(([key, text]) => ({ topic, key, value: Buffer.from(text) })))

  /** What a group that is new now reads. */
  async function contents(topic: string): Promise<string[]> {
    const recorder = new Recorder()
    const active = await read(topic, `looker-${Math.random()}`, recorder)
    await vi.waitFor(() => expect(active.status().lag).toBe(0))
    await active.stop()
    return recorder.texts
  }

  const read = (topic: string, group: string, recorder: Recorder): Promise<ActiveSubscription> =>
    carrier.subscribe({ group, topics: [topic], handler: 'reader', maxBatch: 100, handle: recorder.handle })

  it('belongs to one process: a second one is refused, until the first has ended', async () => {
    await expect(open()).rejects.toThrow(LogInUseError)
    await carrier.close()
    carrier = await open()
    expect(await carrier.trouble()).toBeNull()
  })

  it('is not written any more by a process that lost it to another one', async () => {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query('UPDATE log_writer SET instance = gen_random_uuid()')
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'reprieve-log' AND datname = current_database()`,
    )
    await client.end()
    await vi.waitFor(async () => expect(await carrier.trouble()).toMatch(/another process has written the log/))
    await expect(publish('events.v1', ['a', '1'])).rejects.toThrow(/cannot be written/)
  })

  it('comes back by itself after its connection was cut', async () => {
    const recorder = new Recorder()
    await read('events.v1', 'reader', recorder)
    await publish('events.v1', ['a', '1'])
    await vi.waitFor(() => expect(recorder.texts).toEqual(['1']))
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
    await client.end()
    await vi.waitFor(() => publish('events.v1', ['a', '2']))
    await vi.waitFor(() => expect(recorder.texts).toEqual(['1', '2']))
  })

  it('keeps records for the time their topic says, and no longer', async () => {
    await publish('events.v1', ['a', 'old'], ['b', 'old'])
    clock.advance(6 * MINUTE_MS)
    await publish('events.v1', ['a', 'new'])
    clock.advance(4 * MINUTE_MS)
    expect((await carrier.prune()).expired).toBe(0)
    clock.advance(1)
    expect((await carrier.prune()).expired).toBe(2)
    expect(await contents('events.v1')).toEqual(['new'])
  })

  it('never deletes what a group has still to read, even if nobody reads for it now', async () => {
    const gate = Promise.withResolvers<void>()
    const first = new Recorder(() => gate.promise)
    const active = await read('events.v1', 'slow', first)
    await publish('events.v1', ['a', '1'])
    await vi.waitFor(() => expect(first.calls).toHaveLength(1))
    await publish('events.v1', ['a', '2'])
    clock.advance(DAY_MS)
    expect((await carrier.prune()).expired).toBe(0)
    const stopped = active.stop()
    gate.resolve()
    await stopped
    expect((await carrier.prune()).expired).toBe(1)
    const second = new Recorder()
    const again = await read('events.v1', 'slow', second)
    await vi.waitFor(() => expect(second.texts).toEqual(['2']))
    await again.stop()
    expect((await carrier.prune()).expired).toBe(1)
  })

  it('forgets a group that nobody has read for thirty days', async () => {
    const active = await read('events.v1', 'gone', new Recorder())
    await active.stop()
    const stays = await read('events.v1', 'stays', new Recorder())
    await publish('events.v1', ['a', '1'])
    await vi.waitFor(() => expect(stays.status().handled).toBe(1))
    clock.advance(31 * DAY_MS)
    expect(await carrier.prune()).toMatchObject({ forgottenGroups: 1, expired: 1 })
  })

  it('keeps the newest record of each key of a compacted topic for ever, however often and in whatever steps it is pruned', async () => {
    const expected = new Map<string, string>()
    for (let round = 0; round < 5; round++) {
      const pairs = Array.from({ length: 30 }, (_, n): [string, string] => [
        `key ${(n * 7 + round) % 11}`,
        `${round}.${n}`,
      ])
      for (const [key, text] of pairs) {
        expected.delete(key)
        expected.set(key, text)
      }
      await publish('state.v1', ...pairs)
      if (round % 2 === 0) await carrier.prune()
    }
    clock.advance(365 * DAY_MS)
    await carrier.prune()
    expect(await contents('state.v1')).toEqual([...expected.values()])
    expect((await carrier.prune()).compacted).toBe(0)
  })

  it('compacts only what every group has read', async () => {
    const gate = Promise.withResolvers<void>()
    const recorder = new Recorder(() => gate.promise)
    const active = await read('state.v1', 'slow', recorder)
    await publish('state.v1', ['a', '1'])
    await publish('state.v1', ['a', '2'], ['a', '3'])
    expect((await carrier.prune()).compacted).toBe(0)
    gate.resolve()
    await vi.waitFor(() => expect(active.status().lag).toBe(0))
    await active.stop()
    expect(recorder.texts).toEqual(['1', '2', '3'])
    expect((await carrier.prune()).compacted).toBe(2)
  })

  it('goes on where it was after all was pruned: offsets are never given twice', async () => {
    await publish('events.v1', ['a', '1'], ['a', '2'])
    clock.advance(DAY_MS)
    await carrier.prune()
    await carrier.close()
    carrier = await open()
    await publish('events.v1', ['a', '3'])
    const recorder = new Recorder()
    await read('events.v1', 'reader', recorder)
    await vi.waitFor(() => expect(recorder.deliveries.map(({ offset }) => offset)).toEqual([2n]))
  })

  it('gives a member that reads slowly no partition while another one handles a batch of it', async () => {
    await carrier.ensureTopics([{ name: 'wide.v1', partitions: 4, retentionMs: MINUTE_MS }])
    let at = 0
    let most = 0
    const busy = new Map<number, number>()
    const handle = async (batch: readonly { partition: number }[]) => {
      const partition = batch[0]?.partition ?? -1
      busy.set(partition, (busy.get(partition) ?? 0) + 1)
      most = Math.max(most, busy.get(partition) ?? 0)
      await new Promise((resolve) => setTimeout(resolve, 5))
      busy.set(partition, (busy.get(partition) ?? 0) - 1)
      at += batch.length
    }
    const join = () => carrier.subscribe({ group: 'g', topics: ['wide.v1'], handler: 'h', maxBatch: 1, handle })
    const members = [await join()]
    await carrier.publish(
      Array.from({ length: 200 }, (_, n) => ({ topic: 'wide.v1', key: `${n}`, value: Buffer.from('x') })),
    )
    for (let n = 0; n < 3; n++) members.push(await join())
    for (const member of members.splice(0, 2)) await member.stop()
    await vi.waitFor(() => expect(at).toBe(200))
    expect(most).toBe(1)
  })
})
