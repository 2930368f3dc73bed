import { Problem } from './problem.js'

/** The strong ETag of a thing's version. */
export const etagOf = (version: number | string): string => `"${version}"`

const tags = (header: string): string[] => header.split(',').map((tag) => tag.trim())

/**
 * Holds `If-Match` against what there is now.
 * @throws Problem 428 PRECONDITION_REQUIRED where it is missing, 412 PRECONDITION_FAILED where it is stale
 */
export function requireMatch(ifMatch: string | null, etag: string): void {
  if (ifMatch === null) {
    throw new Problem('PRECONDITION_REQUIRED', 'Send the ETag that you have read as `If-Match`.')
  }
  // A weak tag never matches here (RFC 9110, 13.1.1), and `*` only says that the thing exists.
  if (ifMatch.trim() !== '*' && !tags(ifMatch).includes(etag)) {
    throw new Problem('PRECONDITION_FAILED', 'Somebody has changed it since you read it. Read it again.', {
      headers: { etag },
    })
  }
}

/** False if the client has this already (`If-None-Match`, compared weakly). */
export const matchesNone = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.trim() !== '*' && !tags(ifNoneMatch).some((tag) => tag.replace(/^W\//, '') === etag.replace(/^W\//, ''))
