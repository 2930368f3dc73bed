/** A saved query as its owner last told of it. */
export interface KnownQuery {
  id: string
  expression: string
}

export interface KnownQueries {
  /** Null where none with this id has been heard of, or it was deleted. */
  find(id: string): Promise<KnownQuery | null>
}
