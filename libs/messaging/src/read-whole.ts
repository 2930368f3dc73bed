import type { Carrier, Delivery, Subscription } from './carrier.port.js'
import { isSurroundingsFault } from './faults.js'

export interface WholeTopic {
  topic: string
  /** Of nobody else: its positions are kept by nobody. */
  group: string
  /** Some records of one partition, in order. A fault of the surroundings is waited out; any other is the end. */
  handle(batch: readonly Delivery[]): Promise<void>
  /** Gives up. */
  signal?: AbortSignal
}

const MOST_AT_ONCE = 500

/**
 * Hands over every record that is on a topic when this begins, the newer ones too where they come meanwhile; whoever calls again is handed
 * all of them again. Resolves once the last of them is handled.
 * @throws what the handler threw, or what aborted the signal; a fault of the surroundings where it cannot begin
 */
export async function readWhole(carrier: Carrier, { topic, group, handle, signal }: WholeTopic): Promise<void> {
  const left = new Map([...(await carrier.extents(topic))].filter(([, { first, end }]) => first < end))
  if (left.size === 0) return
  const read = Promise.withResolvers<void>()
  // It may be known before anybody waits for it.
  read.promise.catch(() => {})
  const abort = () => read.reject(signal?.reason)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  const subscription: Subscription = {
    group,
    topics: [topic],
    handler: group,
    maxBatch: MOST_AT_ONCE,
    // From the beginning of each partition, whatever the group has read before.
    positions: { load: async () => new Map(), save: async () => {} },
    async handle(batch, { next }) {
      await handle(batch).catch((error: unknown) => {
        if (!isSurroundingsFault(error)) read.reject(error)
        throw error
      })
      for (const { partition } of batch.slice(-1)) {
        const extent = left.get(partition)
        if (extent !== undefined && next >= extent.end) left.delete(partition)
      }
      if (left.size === 0) read.resolve()
    },
  }
  const active = await carrier.subscribe(subscription)
  try {
    await read.promise
  } finally {
    signal?.removeEventListener('abort', abort)
    await active.stop()
  }
}
