import { ManualClock } from '@reprieve/clock'
import type { EachBatchPayload, Kafka } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Delivery } from '../carrier.port.js'
import { DEFAULT_RETRY } from '../delivery/backoff.js'
import { silentLog } from '../log.port.js'
import { KafkaMember } from './kafka-member.js'
import type { OwnedPartitions } from './sticky-assigner.js'

/** KafkaJS' consumer as far as a member sees it: a test says what the group and the broker do. */
class ScriptedConsumer {
  readonly events = {
    GROUP_JOIN: 'join',
    REBALANCING: 'rebalancing',
    HEARTBEAT: 'heartbeat',
    CRASH: 'crash',
  }
  readonly #listeners = new Map<string, (event: { payload: unknown }) => void>()
  #eachBatch: (payload: EachBatchPayload) => Promise<void> = async () => {}
  readonly paused = new Set<number>()
  readonly seeks: Array<[partition: number, offset: string]> = []
  readonly committed: string[] = []
  commitFails = false

  on(name: string, listener: (event: { payload: unknown }) => void) {
    this.#listeners.set(name, listener)
  }
  emit(name: keyof ScriptedConsumer['events'], payload: unknown = {}) {
    this.#listeners.get(this.events[name])?.({ payload })
  }
  joined(memberId: string, memberAssignment: OwnedPartitions) {
    this.emit('GROUP_JOIN', { memberId, memberAssignment })
  }
  async connect() {}
  async subscribe() {}
  async disconnect() {}
  async run({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }) {
    this.#eachBatch = eachBatch
  }
  pause([{ partitions }]: [{ partitions: [number] }]) {
    this.paused.add(partitions[0])
  }
  resume([{ partitions }]: [{ partitions: [number] }]) {
    this.paused.delete(partitions[0])
  }
  seek({ partition, offset }: { partition: number; offset: string }) {
    this.seeks.push([partition, offset])
  }

  /** Records from `from` up to `to`, the text of each its offset. */
  bring(partition: number, from: number, to: number): Promise<void> {
    const messages = Array.from({ length: to - from }, (_, index) => ({
      offset: String(from + index),
      key: Buffer.from('k'),
      value: Buffer.from(String(from + index)),
      timestamp: '0',
      headers: {},
      attributes: 0,
    }))
    return this.#eachBatch({
      batch: { topic: 't', partition, highWatermark: String(to), messages },
      isStale: () => false,
      commitOffsetsIfNecessary: async (offsets: {
        topics: Array<{ partitions: Array<{ partition: number; offset: string }> }>
      }) => {
        if (this.commitFails) throw new Error('the group is rebalancing')
        for (const { partitions } of offsets.topics) {
          for (const { partition: number, offset } of partitions) this.committed.push(`${number}:${offset}`)
        }
      },
    } as unknown as EachBatchPayload)
  }
}

describe('a member of a group on Kafka', () => {
  let consumer: ScriptedConsumer
  let member: KafkaMember
  let handled: string[]
  let act: (batch: readonly Delivery[]) => Promise<void>

  beforeEach(async () => {
    consumer = new ScriptedConsumer()
    handled = []
    act = async () => {}
    member = new KafkaMember(
      {
        group: 'g',
        topics: ['t'],
        handler: 'h',
        maxBatch: 1,
        async handle(batch) {
          await act(batch)
          handled.push(...batch.map(({ partition, offset }) => `${partition}:${offset}`))
        },
      },
      {
        kafka: { consumer: () => consumer } as unknown as Kafka,
        check: async () => {},
        sessionTimeoutMs: 10_000,
        fetchWaitMs: 250,
        putAside: async () => {},
        system: 'kafka',
        clock: new ManualClock(),
        retry: DEFAULT_RETRY,
        log: silentLog,
        graceMs: 100,
      },
    )
    await member.open()
  })
  afterEach(async () => member.stop())

  it('waits to join, then handles and commits what is brought', async () => {
    expect(member.status().waitingFor).toMatch(/not joined/)
    consumer.joined('m', { t: [0] })
    expect(member.status()).toMatchObject({ waitingFor: null, partitions: 1 })
    await consumer.bring(0, 0, 2)
    await vi.waitFor(() => expect(handled).toEqual(['0:0', '0:1']))
    await vi.waitFor(() => expect(consumer.committed.at(-1)).toBe('0:2'))
    expect(member.status()).toMatchObject({ handled: 2, lag: 0 })
  })

  it('begins no batch while the group is rebalanced, and goes on once it has joined again', async () => {
    consumer.joined('m', { t: [0] })
    consumer.emit('REBALANCING')
    await consumer.bring(0, 0, 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(handled).toEqual([])
    consumer.joined('m', { t: [0] })
    await vi.waitFor(() => expect(handled).toEqual(['0:0']))
  })

  it('goes on, too, where a rebalance ends without joining: a broker that had just started knew no better', async () => {
    consumer.joined('m', { t: [0] })
    consumer.emit('REBALANCING')
    await consumer.bring(0, 0, 1)
    consumer.emit('HEARTBEAT')
    await vi.waitFor(() => expect(handled).toEqual(['0:0']))
  })

  it('keeps what it has of a partition that stays its own, and skips what is brought again', async () => {
    const gate = Promise.withResolvers<void>()
    act = () => gate.promise
    consumer.joined('m', { t: [0, 1] })
    await consumer.bring(0, 0, 3)
    consumer.emit('REBALANCING')
    consumer.joined('m', { t: [0] })
    expect(consumer.seeks).toEqual([[0, '3']])
    const brought = consumer.bring(0, 1, 5)
    gate.resolve()
    await brought
    await vi.waitFor(() => expect(handled).toEqual(['0:0', '0:1', '0:2', '0:3', '0:4']))
  })

  it('commits nothing of a partition that it has lost, even if its batch ends well', async () => {
    const gate = Promise.withResolvers<void>()
    const begun: Array<number | undefined> = []
    act = ([delivery]) => {
      begun.push(delivery?.partition)
      return delivery?.partition === 0 ? gate.promise : Promise.resolve()
    }
    consumer.joined('m', { t: [0, 1] })
    await consumer.bring(0, 0, 1)
    await vi.waitFor(() => expect(begun).toEqual([0]))
    consumer.joined('m', { t: [1] })
    gate.resolve()
    await consumer.bring(1, 0, 1)
    await vi.waitFor(() => expect(consumer.committed).toContain('1:1'))
    expect(handled).toContain('0:0')
    expect(consumer.committed.filter((position) => position.startsWith('0'))).toEqual([])
  })

  it('never handles two batches of a partition at once, not even if it lost and regained it', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let calls = 0
    act = () => gates[calls++]?.promise ?? Promise.resolve()
    consumer.joined('m', { t: [0] })
    await consumer.bring(0, 0, 1)
    await vi.waitFor(() => expect(calls).toBe(1))
    // Under another id: the session had ended.
    consumer.joined('other', { t: [0] })
    await consumer.bring(0, 0, 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(calls).toBe(1)
    gates[0]?.resolve()
    await vi.waitFor(() => expect(calls).toBe(2))
    gates[1]?.resolve()
    await vi.waitFor(() => expect(handled).toEqual(['0:0', '0:0']))
    await vi.waitFor(() => expect(consumer.committed.at(-1)).toBe('0:1'))
  })

  it('pauses a partition whose handler is busy, and resumes it', async () => {
    const gate = Promise.withResolvers<void>()
    act = () => gate.promise
    consumer.joined('m', { t: [0, 1] })
    await consumer.bring(0, 0, 5)
    await consumer.bring(0, 5, 10)
    expect(consumer.paused).toEqual(new Set([0]))
    gate.resolve()
    await vi.waitFor(() => expect(handled).toHaveLength(10))
    expect(consumer.paused).toEqual(new Set())
  })

  it('tries a refused commit again', async () => {
    consumer.joined('m', { t: [0] })
    consumer.commitFails = true
    await consumer.bring(0, 0, 1)
    await vi.waitFor(() => expect(handled).toEqual(['0:0']))
    expect(consumer.committed).toEqual([])
    consumer.commitFails = false
    await vi.waitFor(() => expect(consumer.committed).toEqual(['0:1']))
  })

  it('is made anew after KafkaJS has given up, and says why it waits', async () => {
    consumer.joined('m', { t: [0] })
    const first = consumer
    consumer = new ScriptedConsumer()
    first.emit('CRASH', { error: new Error('no broker answers') })
    expect(member.status()).toMatchObject({ waitingFor: 'no broker answers', partitions: 0 })
    await vi.waitFor(() => {
      consumer.joined('n', { t: [0] })
      expect(member.status()).toMatchObject({ waitingFor: null, partitions: 1 })
    })
    await consumer.bring(0, 0, 1)
    await vi.waitFor(() => expect(handled).toEqual(['0:0']))
  })
})
