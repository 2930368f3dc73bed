import type { Version } from './tickets.port.js'

/** A file that somebody uploaded before asking. */
export interface KnownUpload {
  id: string
  uploadedBy: string
  /** The exception that has it. */
  exceptionId: string | null
  /** Nobody used it in time. */
  removed: boolean
}

export interface KnownUploads {
  findAll(ids: readonly string[]): Promise<KnownUpload[]>
  keep(uploads: ReadonlyArray<KnownUpload & Version>): Promise<void>
}
