import { describe, it } from 'vitest'
import { expectExactlyOnce } from './pipeline/exactly-once.js'
import { Pipeline } from './pipeline/pipeline.js'
import { scenarios } from './pipeline/scenarios.js'

describe('carried in process, an event takes effect exactly once, in order, whatever step its process is killed at', () => {
  for (const { seed, kills, order } of scenarios()) {
    it.concurrent(`seed ${seed}: ${order}`, async () => {
      const pipeline = await Pipeline.create({ kind: 'in-process' })
      try {
        for (const kill of kills) await pipeline.runUntil(kill)
        expectExactlyOnce(await pipeline.finish())
      } finally {
        await pipeline.close()
      }
    }, 180_000)
  }
})
