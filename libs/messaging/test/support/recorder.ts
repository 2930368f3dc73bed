import type { BatchContext, Delivery, Subscription } from '../../src/index.js'

/** A handler that notes what it is given, and does with it what a test wants. */
export class Recorder {
  readonly calls: Array<{ batch: readonly Delivery[]; context: BatchContext; at: number }> = []
  readonly #act: (batch: readonly Delivery[], context: BatchContext) => Promise<void> | void

  constructor(act: (batch: readonly Delivery[], context: BatchContext) => Promise<void> | void = () => {}) {
    this.#act = act
  }

  readonly handle: Subscription['handle'] = async (batch, context) => {
    this.calls.push({ batch, context, at: performance.now() })
    await this.#act(batch, context)
  }

  get deliveries(): Delivery[] {
    return this.calls.flatMap(({ batch }) => batch)
  }

  get texts(): string[] {
    return this.deliveries.map(textOf)
  }
}

export const textOf = (delivery: Delivery): string => Buffer.from(delivery.value).toString()

/** The texts of each key in the order in which they were first seen. */
export function firstSeen(deliveries: Iterable<Delivery>): Map<string, string[]> {
  const seen = new Map<string, Set<string>>()
  for (const delivery of deliveries) {
    const ofKey = seen.get(delivery.key) ?? new Set()
    seen.set(delivery.key, ofKey)
    ofKey.add(textOf(delivery))
  }
  return new Map([...seen].map(([key, texts]) => [key, [...texts]]))
}
