/** What is looked at in Queries, as the address holds it. */
export interface QueriesSearch {
  /** Absent: all. An empty one: those in no folder. */
  folder?: string
  /** The copies that exceptions were granted for. */
  managed?: true
  text?: string
  sort?: string
  /** What `/queries/new` begins with. */
  expression?: string
  /** A query that `/queries/new` copies. */
  from?: string
}

/** Takes what it knows out of an address that anybody may have written; the rest is dropped. */
export function readQueriesSearch(search: Record<string, unknown>): QueriesSearch {
  const read: QueriesSearch = {}
  for (const name of ['folder', 'text', 'sort', 'expression', 'from'] as const) {
    const value = search[name]
    if (!['string', 'number', 'boolean'].includes(typeof value)) continue
    if (value !== '' || name === 'folder') read[name] = String(value)
  }
  if (search['managed'] === true || search['managed'] === 'true') read.managed = true
  return read
}

/** The list's part of the address: what a form began with is not for the list. */
export const withoutForm = ({ expression: _, from: __, ...rest }: QueriesSearch): QueriesSearch => rest
