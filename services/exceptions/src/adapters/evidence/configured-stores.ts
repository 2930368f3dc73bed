import type { OnApplicationShutdown } from '@nestjs/common'
import {
  type EvidenceStore,
  EvidenceStoreFault,
  type EvidenceStoreName,
  type EvidenceStores,
} from '../../application/evidence-store.port.js'

/** The database's large objects always, and a bucket where one is configured, which then takes what is new. */
export class ConfiguredStores implements EvidenceStores, OnApplicationShutdown {
  readonly current: EvidenceStoreName
  readonly #stores: Readonly<Record<EvidenceStoreName, EvidenceStore | null>>

  constructor(postgres: EvidenceStore, s3: EvidenceStore | null) {
    this.#stores = { postgres, s3 }
    this.current = s3 === null ? 'postgres' : 's3'
  }

  of(name: EvidenceStoreName): EvidenceStore {
    const store = this.#stores[name]
    if (store === null) throw new EvidenceStoreFault(`there is evidence in ${name}, which is not configured`)
    return store
  }

  /** Nest calls it once no request is answered any more: downloads read from the stores until then. */
  onApplicationShutdown(): void {
    for (const store of Object.values(this.#stores)) store?.close?.()
  }
}
