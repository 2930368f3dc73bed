import { describe, expect, it } from 'vitest'
import type { EvidenceStore } from '../../application/evidence-store.port.js'
import { ConfiguredStores } from './configured-stores.js'

const store = (changes: Partial<EvidenceStore> = {}): EvidenceStore => ({
  write: async () => {},
  read: () => Promise.reject(new Error('nothing is there')),
  remove: async () => {},
  ...changes,
})

describe('the stores of evidence', () => {
  it('put what is new into the bucket where there is one', () => {
    expect(new ConfiguredStores(store(), null).current).toBe('postgres')
    expect(new ConfiguredStores(store(), store()).current).toBe('s3')
    expect(() => new ConfiguredStores(store(), null).of('s3')).toThrow('not configured')
  })

  it('let go of their connections when the service stops', () => {
    let closed = 0
    const stores = new ConfiguredStores(store(), store({ close: () => closed++ }))
    stores.onApplicationShutdown()
    expect(closed).toBe(1)
  })
})
