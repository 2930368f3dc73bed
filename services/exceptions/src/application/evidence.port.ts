import type { Tx } from '../adapters/postgres/tables.js'
import type { EvidenceFile, Person } from '../domain/exception.js'
import type { EvidenceStoreName } from './evidence-store.port.js'

/** A file that was uploaded, whether an exception uses it or not. */
export interface UploadedFile extends Omit<EvidenceFile, 'addedAt'> {
  uploadedAt: Date
}

/** What a request names, as far as it matters whether it can have it. */
export interface Claimable {
  id: string
  uploadedBy: Person
  /** The exception that has it already. */
  exceptionId: string | null
}

/** What is known of evidence files; their bytes are in a store. */
export interface Evidence {
  /** Notes that bytes are about to be written, so that they are found whatever happens then. */
  begin(id: string, store: EvidenceStoreName, at: Date): Promise<void>
  /** Keeps a file whose bytes are safe, for no exception yet. */
  add(tx: Tx, file: UploadedFile): Promise<void>
  /** How many files somebody has uploaded that no exception uses. */
  countUnused(uploaderId: string): Promise<number>
  /** Those of the ids that there are, in the order of the ids. */
  findAll(ids: readonly string[]): Promise<Array<Claimable & UploadedFile>>
  /** A file of an exception, and where its bytes are. */
  find(exceptionId: string, id: string): Promise<{ file: EvidenceFile; store: EvidenceStoreName } | null>

  /** Forgets files that no exception uses since before then, a bounded number of them. @returns how many */
  forgetUnused(uploadedBefore: Date, now: Date): Promise<number>
  /** The next files by id, whether an exception has them or not, for whoever goes through all of them. */
  following(id: string, most: number): Promise<Array<Claimable & UploadedFile>>
  /** Bytes begun before then that no file has, a bounded number of them. */
  orphans(begunBefore: Date): Promise<Array<{ id: string; store: EvidenceStoreName }>>
  /** The bytes are gone. */
  forgetBytes(id: string): Promise<void>
}
