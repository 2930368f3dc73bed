import type { ActiveSubscription, Carrier, Delivery, Extent, OutgoingMessage, Subscription } from '@reprieve/messaging'

/** A record as it was published, without its place: each replay gives it one of its own. */
export type Recorded = Omit<Delivery, 'offset'>

/**
 * Hands a service the records it is given, in just that order, as the carriers' port promises: one call at a time, a batch of one partition,
 * offsets without gaps. What a handler throws is the test's fault, for nothing here is away; what a service publishes is noted.
 */
export class ReplayCarrier implements Carrier {
  readonly kind = 'in-process'
  readonly published: OutgoingMessage[] = []
  readonly #subscriptions: Subscription[] = []
  readonly #handled = new Map<Subscription, number>()
  readonly #offsets = new Map<string, bigint>()

  async subscribe(subscription: Subscription): Promise<ActiveSubscription> {
    this.#subscriptions.push(subscription)
    return {
      stop: async () => {},
      status: () => ({
        group: subscription.group,
        handler: subscription.handler,
        waitingFor: null,
        partitions: 1,
        lag: 0,
        lagSeconds: 0,
        handled: this.#handled.get(subscription) ?? 0,
        retried: 0,
        deadLettered: 0,
      }),
    }
  }

  /** @returns how many records each group was handed */
  async feed(records: readonly Recorded[]): Promise<Readonly<Record<string, number>>> {
    for (const run of runsOfOnePartition(records)) await this.#deliver(run)
    return Object.fromEntries(this.#subscriptions.map((one) => [one.group, this.#handled.get(one) ?? 0]))
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    this.published.push(...messages)
  }

  async partitionCounts(): Promise<ReadonlyMap<string, number>> {
    return new Map()
  }

  async extents(): Promise<ReadonlyMap<number, Extent>> {
    return new Map()
  }

  async ensureTopics(): Promise<void> {}

  async trouble(): Promise<null> {
    return null
  }

  async close(): Promise<void> {}

  async #deliver(run: readonly Recorded[]): Promise<void> {
    const [{ topic, partition } = { topic: '', partition: 0 }] = run
    const first = this.#offsets.get(`${topic} ${partition}`) ?? 0n
    const deliveries = run.map((record, index) => ({ ...record, offset: first + BigInt(index) }))
    this.#offsets.set(`${topic} ${partition}`, first + BigInt(run.length))
    for (const subscription of this.#subscriptions.filter(({ topics }) => topics.includes(topic))) {
      for (let start = 0; start < deliveries.length; start += subscription.maxBatch) {
        const batch = deliveries.slice(start, start + subscription.maxBatch)
        await subscription.handle(batch, {
          signal: new AbortController().signal,
          generation: 1,
          from: first + BigInt(start),
          next: first + BigInt(start + batch.length),
          deadLetter: async ({ key }, reason) => {
            throw new Error(`${subscription.group} puts a record of ${key} on ${topic} aside: ${reason}`)
          },
        })
        this.#handled.set(subscription, (this.#handled.get(subscription) ?? 0) + batch.length)
      }
    }
  }
}

function runsOfOnePartition(records: readonly Recorded[]): Recorded[][] {
  const runs: Recorded[][] = []
  for (const record of records) {
    const run = runs.at(-1)
    if (run?.[0]?.topic === record.topic && run[0].partition === record.partition) run.push(record)
    else runs.push([record])
  }
  return runs
}
