import type { Readable } from 'node:stream'

/** Where evidence is kept, by name: a file stays where it was put when an installation turns to another store. */
export type EvidenceStoreName = 'postgres' | 's3'

/** The store does not answer, or refuses us: nobody's fault who asks. */
export class EvidenceStoreFault extends Error {
  override readonly name = 'EvidenceStoreFault'
}

/** There are no bytes under this id. */
export class EvidenceLostError extends Error {
  override readonly name = 'EvidenceLostError'
}

/** The bytes of evidence files. No method holds more than a few pieces of a file in memory. */
export interface EvidenceStore {
  /**
   * Keeps all that comes under a new id; it is kept when this resolves. What `content` throws is thrown on; then, and whenever a process
   * ends in the midst of it, some of it may lie there until `remove`.
   * @throws EvidenceStoreFault
   */
  write(id: string, content: AsyncIterable<Uint8Array>): Promise<void>
  /**
   * All of it from its first byte on, read as fast as it is taken. Whoever stops reading destroys the stream.
   * @throws EvidenceLostError, EvidenceStoreFault; the stream itself fails with the same
   */
  read(id: string): Promise<Readable>
  /** Leaves nothing of it, whole or not; what is not there is no fault. @throws EvidenceStoreFault */
  remove(id: string): Promise<void>
  /** Lets go of its connections. Nothing is asked of it any more. */
  close?(): void
}

/** The stores of an installation. */
export interface EvidenceStores {
  /** Where new files go. */
  readonly current: EvidenceStoreName
  /** @throws EvidenceStoreFault for one that is not configured (any more) */
  of(name: EvidenceStoreName): EvidenceStore
}
