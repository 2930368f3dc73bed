/** Where the copies live that exceptions are granted for. Nobody else can save anything there. */
export const MANAGED_FOLDER = 'Vulnerability Exception Queries'

/** A query that somebody keeps. */
export interface SavedQuery {
  readonly id: string
  readonly name: string
  /** Empty: in no folder. */
  readonly folder: string
  readonly expression: string
  readonly owner: { readonly id: string; readonly name: string }
  readonly managed: boolean
  readonly exceptionId: string | null
  /** Counts its edits from 1. */
  readonly version: number
}

const plain = (folder: string): string => folder.trim().replace(/\s+/g, ' ').toLowerCase()

/** Whether a folder is the managed one or within it, however it is typed. */
export function isReservedFolder(folder: string): boolean {
  const named = plain(folder)
  const reserved = plain(MANAGED_FOLDER)
  return named === reserved || new RegExp(`^${reserved}\\s*[/\\\\]`).test(named)
}
