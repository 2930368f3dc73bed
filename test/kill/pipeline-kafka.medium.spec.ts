import { startKafka } from '@reprieve/testing'
import { afterAll, describe, it } from 'vitest'
import { expectExactlyOnce } from './pipeline/exactly-once.js'
import { Pipeline, type Store } from './pipeline/pipeline.js'
import { scenarios, scenariosOfTwo } from './pipeline/scenarios.js'

const kafka = await startKafka()
const store: Store = {
  kind: 'kafka',
  brokers: kafka?.brokers ?? [],
  // A broker that was given allows no shorter session by default.
  sessionTimeoutMs: kafka?.controllable ? 3_000 : 6_000,
}
describe.skipIf(kafka === null)('carried by Kafka, an event takes effect exactly once, in order', () => {
  afterAll(async () => kafka?.close())

  const lived = async (live: (pipeline: Pipeline) => Promise<void>) => {
    const pipeline = await Pipeline.create(store)
    try {
      await live(pipeline)
      expectExactlyOnce(await pipeline.finish())
    } finally {
      await pipeline.close()
    }
  }

  for (const { seed, kills, order } of scenarios()) {
    it.concurrent(
      `whatever step its process is killed at; seed ${seed}: ${order}`,
      () =>
        lived(async (pipeline) => {
          for (const kill of kills) await pipeline.runUntil(kill)
        }),
      180_000,
    )
  }

  for (const { seed, kills, order } of scenariosOfTwo()) {
    it.concurrent(
      `whichever of two processes is killed; seed ${seed}: ${order}`,
      () =>
        lived(async (pipeline) => {
          for (const kill of kills) await pipeline.runBesideUntil(kill)
        }),
      180_000,
    )
  }
})
