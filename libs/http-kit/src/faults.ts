import { HttpException } from '@nestjs/common'
import { CommitUnknownError, isConcurrencyFault, isDatabaseAway } from '@reprieve/database'
import { Problem, type ProblemCode } from './problem.js'

const BY_STATUS: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['MALFORMED', 'The request cannot be read.'],
  401: ['UNAUTHENTICATED', 'Send a token as `Authorization: Bearer …`.'],
  403: ['NOT_PERMITTED', 'You may not do this.'],
  404: ['NOT_FOUND', 'There is nothing at this address.'],
  405: ['METHOD_NOT_ALLOWED', 'This cannot be done here.'],
  413: ['PAYLOAD_TOO_LARGE', 'The body is larger than is read here.'],
  414: ['MALFORMED', 'The address is too long.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'The body has a type that is not read here.'],
  429: ['TOO_MANY_REQUESTS', 'Too many requests.'],
  431: ['MALFORMED', 'The headers are too large.'],
  503: ['TRY_AGAIN', 'The service is stopping. Try again.'],
}

/** Whatever was thrown, as what the caller is told. What is not meant for them becomes INTERNAL, which says nothing of the cause. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof CommitUnknownError) {
    return new Problem(
      'OUTCOME_UNKNOWN',
      'The service lost its data while it was keeping this. Look whether it was done before you repeat it, or send an `Idempotency-Key`.',
      { cause: error },
    )
  }
  if (isDatabaseAway(error) || isConcurrencyFault(error)) {
    return new Problem('TRY_AGAIN', 'The service cannot reach its data at the moment. Repeating the request is safe.', {
      headers: { 'retry-after': '1' },
      cause: error,
    })
  }
  const known = BY_STATUS[statusOf(error)]
  if (known !== undefined) {
    const [code, detail] = known
    return new Problem(
      code,
      detail,
      code === 'TRY_AGAIN' ? { headers: { 'retry-after': '1' }, cause: error } : { cause: error },
    )
  }
  return new Problem('INTERNAL', 'The request was not carried out. The trace id finds the cause in the log.', {
    cause: error,
  })
}

// Nest's exceptions and Fastify's errors carry the status they stand for.
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus()
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('FST_') && 'statusCode' in error) {
    return Number(error.statusCode)
  }
  return 500
}
