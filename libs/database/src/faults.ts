import { DatabaseError } from 'pg'

// PostgreSQL's SQLSTATE codes (Appendix A of its manual).
const UNIQUE_VIOLATION = '23505'
const CONCURRENCY = new Set(['40001', '40P01'])
const CONNECTION_CLASSES = ['08', '53', '57', '58']
// The server has ended a session that stood still within a transaction, or took too long over one.
const SESSION_ENDED = ['25P03', '25P04']
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENOENT',
])

/** The connection was lost while a transaction was being committed: it may have been, or not. */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError'

  constructor(cause: unknown) {
    super('the connection to PostgreSQL was lost while a transaction was being committed', { cause })
  }
}

/** The name of the violated constraint if the error is a unique violation, else null. */
export function violatedUnique(error: unknown): string | null {
  return error instanceof DatabaseError && error.code === UNIQUE_VIOLATION ? (error.constraint ?? '') : null
}

/** True for a serialization failure or a deadlock: the same transaction can be tried again at once. */
export function isConcurrencyFault(error: unknown): boolean {
  return error instanceof DatabaseError && CONCURRENCY.has(error.code ?? '')
}

/** True where the database is away or refuses to serve, which says nothing about what was asked of it. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof CommitUnknownError) return true
  if (error instanceof DatabaseError) {
    const code = error.code ?? ''
    return CONNECTION_CLASSES.includes(code.slice(0, 2)) || SESSION_ENDED.includes(code)
  }
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isDatabaseAway)
  if (!(error instanceof Error)) return false
  const code = (error as NodeJS.ErrnoException).code
  if (code !== undefined && NETWORK.has(code)) return true
  // pg raises these as plain errors without a code.
  return /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end)/.test(
    error.message,
  )
}
