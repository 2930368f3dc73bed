/** Bounds of one query. What is larger is refused before anything works on it. */
export const LIMITS = {
  /** Bytes of the text in UTF-8. */
  bytes: 65_536,
  /** Levels of `&& || !` and `exists`, with the leaf as the last; parentheses alone do not count. */
  depth: 16,
  /** Single tests, those within `exists` included. */
  leaves: 64,
  /** Values of one list. */
  listValues: 1_000,
  /** Brackets open at once; far above what depth allows, it only keeps the parser's stack small. */
  brackets: 64,
  /** Signs `!` and `-` in a row, for the same reason. */
  prefixes: 32,
  /** Terms of one sum of times. */
  timeTerms: 8,
  /** Faults told at once. */
  faults: 20,
} as const
