export interface Group {
  id: string
  name: string
  /** Ids of users, each once, ascending. */
  members: readonly string[]
  version: number
  createdAt: Date
}

/** Keeps a group's event far below a record's limit of 1 MiB, and a page of groups readable. */
export const MOST_MEMBERS = 1_000
