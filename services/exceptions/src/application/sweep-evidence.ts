import type { Clock } from '@reprieve/clock'
import type { Evidence } from './evidence.port.js'
import type { EvidenceStores } from './evidence-store.port.js'

const UNUSED_FOR_MS = 24 * 3_600_000

/** Lets go of files that were uploaded and used by no request within a day, and of what uploads left that never came to their end. */
export class SweepEvidence {
  readonly #stores: EvidenceStores
  readonly #evidence: Evidence
  readonly #clock: Clock

  constructor(stores: EvidenceStores, evidence: Evidence, clock: Clock) {
    this.#stores = stores
    this.#evidence = evidence
    this.#clock = clock
  }

  /** @returns how many files' bytes went; several processes may do this at once */
  async sweep(): Promise<number> {
    const now = this.#clock.now()
    const before = new Date(now.getTime() - UNUSED_FOR_MS)
    while ((await this.#evidence.forgetUnused(before, now)) > 0) {
      // The next few. Once forgotten no request can take them any more, so their bytes can go.
    }
    let gone = 0
    for (;;) {
      const orphans = await this.#evidence.orphans(before)
      if (orphans.length === 0) return gone
      for (const { id, store } of orphans) {
        await this.#stores.of(store).remove(id)
        await this.#evidence.forgetBytes(id)
        gone++
      }
    }
  }
}
