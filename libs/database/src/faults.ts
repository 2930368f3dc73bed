import { DatabaseError } from 'pg'

// PostgreSQL's SQLSTATE codes (Appendix A of its manual).
const UNIQUE_VIOLATION = '23505'
const CONCURRENCY = new Set(['40001', '40P01'])
const CONNECTION_CLASSES = ['08', '53', '57', '58']
// The server has ended a session that stood still within a transaction, or took too long over one.
const SESSION_ENDED = ['25P03', '25P04']
// Whatever comes of looking a server up and of calling it, it has not been asked anything yet.
const ON_THE_WAY = new Set(['getaddrinfo', 'connect'])
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ECONNABORTED',
  'ENOENT',
])

// pg raises these as plain errors.
const WITHOUT_CODE = [
  'Connection terminated',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'There was an error establishing an SSL connection',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'Postgres connection has been discarded',
  'Cannot use a pool after calling end',
]

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
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code !== undefined && NETWORK.has(code)) return true
  if (syscall !== undefined && ON_THE_WAY.has(syscall)) return true
  return WITHOUT_CODE.some((beginning) => error.message.startsWith(beginning))
}
