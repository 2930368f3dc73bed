export interface SerializedError {
  type: string
  message: string
  code?: string
  constraint?: string
  stack?: string
  cause?: SerializedError
  errors?: SerializedError[]
}

const MAX_CAUSES = 5
const MAX_STACK = 4_000

/**
 * An error as it is logged: with its causes, and with fields from a list only. PostgreSQL's `detail`, say, quotes rows, and
 * HTTP clients hang the whole request on theirs.
 */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  const nested = depth < MAX_CAUSES
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack.slice(0, MAX_STACK) }),
    ...(nested && error.cause !== undefined ? { cause: serializeError(error.cause, depth + 1) } : {}),
    ...(nested && error instanceof AggregateError
      ? { errors: error.errors.slice(0, MAX_CAUSES).map((one) => serializeError(one, depth + 1)) }
      : {}),
  }
}
