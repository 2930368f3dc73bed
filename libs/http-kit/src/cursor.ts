import { Problem } from './problem.js'

/** SQL types a list can be sorted by, and how a value of each travels in a cursor without losing anything. */
export type SortType = 'text' | 'uuid' | 'timestamptz' | 'date' | 'int4' | 'int8' | 'float8' | 'bool'

/** Exact texts of a row's sort values, in the order of the sort, its id last. Null where the value is missing. */
export type SortKey = readonly (string | null)[]

const INTEGER = /^-?\d{1,19}$/
const within = (min: bigint, max: bigint) => (text: string) =>
  INTEGER.test(text) && BigInt(text) >= min && BigInt(text) <= max

// Each text is safe for the cast that it meets: a forged cursor ends here, not in PostgreSQL.
const VALID: Record<SortType, (text: string) => boolean> = {
  text: (text) => text.isWellFormed() && !text.includes('\0'),
  uuid: (text) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text),
  // Microseconds since 1970, up to the year 9999.
  timestamptz: within(-62_135_596_800_000_000n, 253_402_300_799_999_999n),
  // Days since 1970.
  date: within(-719_162n, 2_932_896n),
  int4: within(-(2n ** 31n), 2n ** 31n - 1n),
  int8: within(-(2n ** 63n), 2n ** 63n - 1n),
  float8: (text) => /^-?(Infinity|\d+(\.\d+)?(e[+-]\d{1,3})?)$|^NaN$/.test(text) && text.length <= 32,
  bool: (text) => text === 'true' || text === 'false',
}

/** @param sort the list's `sort`, in its canonical form: a cursor of another order is refused */
export const encodeCursor = (sort: string, key: SortKey): string =>
  Buffer.from(JSON.stringify([sort, ...key])).toString('base64url')

/** @throws Problem MALFORMED for anything that `encodeCursor` did not make for this order */
export function decodeCursor(cursor: string, sort: string, types: readonly SortType[]): SortKey {
  const refuse = (): never => {
    const detail = 'Must be the `nextCursor` of the page before, with the same `sort`.'
    throw new Problem('MALFORMED', 'A parameter is wrong.', {
      errors: [{ pointer: '/cursor', parameter: 'cursor', detail }],
    })
  }
  let content: unknown
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return refuse()
  }
  if (!Array.isArray(content) || content[0] !== sort || content.length !== types.length + 1) return refuse()
  return types.map((type, index) => {
    const value: unknown = content[index + 1]
    // The id is never missing.
    if (value === null && index < types.length - 1) return null
    return typeof value === 'string' && VALID[type](value) ? value : refuse()
  })
}
