import { setTimeout as sleep } from 'node:timers/promises'
import { deployments, evictPod, killPod, servicePods } from './installation.js'

/** Kills a pod of the release every so often, whichever, until it is told to stop. Nothing of it is asked first. */
export class Killer {
  readonly killed: string[] = []
  #stopping = false
  readonly #done: Promise<void>

  constructor(everyMs: number) {
    this.#done = this.#kill(everyMs)
    // Told by `stop`.
    this.#done.catch(() => {})
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#done
  }

  async #kill(everyMs: number): Promise<void> {
    for (let n = 0; !this.#stopping; n++, await sleep(everyMs)) {
      const there = await servicePods()
      // In turn through the alphabet of services, first one pod of each, then the other.
      const names = there.map(({ metadata }) => metadata.name).toSorted()
      const name = names[(n * 2 + Math.floor(n / (names.length / 2))) % names.length]
      if (name === undefined) continue
      await killPod(name)
      this.killed.push(name)
    }
  }
}

const AGAIN_MS = 500
// `kubectl drain` asks as patiently.
const PATIENCE_MS = 300_000

export interface Evictions {
  evicted: string[]
  /** How often a budget had it wait. */
  refused: number
}

/** Evicts every pod of the release that is there, as the emptying of a node does: all at once, each until its budget allows it. */
export async function evictAll(): Promise<Evictions> {
  const result: Evictions = { evicted: [], refused: 0 }
  const names = (await servicePods()).map(({ metadata }) => metadata.name)
  await Promise.all(
    names.map(async (name) => {
      for (const started = performance.now(); ; await sleep(AGAIN_MS)) {
        if (await evictPod(name)) break
        result.refused++
        if (performance.now() - started > PATIENCE_MS) throw new Error(`${name} could not be evicted`)
      }
      result.evicted.push(name)
    }),
  )
  return result
}

/** Watches how many pods of each deployment can take requests, until it is told to stop. */
export class Watch {
  /** By deployment: the fewest seen. */
  readonly fewest = new Map<string, number>()
  #stopping = false
  readonly #done: Promise<void>

  constructor() {
    this.#done = this.#look()
    this.#done.catch(() => {})
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#done
  }

  async #look(): Promise<void> {
    while (!this.#stopping) {
      for (const { metadata, status } of await deployments()) {
        const there = status.availableReplicas ?? 0
        this.fewest.set(metadata.name, Math.min(there, this.fewest.get(metadata.name) ?? Number.POSITIVE_INFINITY))
      }
      await sleep(AGAIN_MS)
    }
  }
}
