import type { Carrier } from '../../src/index.js'

/** What the conformance suite needs of a carrier and of its store. */
export interface CarrierHarness {
  /** On the store that all tests share. Closed by the suite. */
  open(): Promise<Carrier>
  /** A member of a group that lives as far apart as the carrier allows: in another client, or beside the first one. */
  openBeside(first: Carrier): Promise<Carrier>
  /** The store that is taken down in one test and by no other: null where it is not ours to stop. */
  store: { crash(): Promise<void>; recover(): Promise<void> } | null
  /** A store for child processes that carry by themselves, one after the other. */
  child: { kind: 'kafka' | 'in-process'; newStore(): Promise<Record<string, string>> }
  close(): Promise<void>
}

export const QUICK_RETRY = {
  record: { firstMs: 40, mostMs: 160 },
  surroundings: { firstMs: 20, mostMs: 200 },
}
