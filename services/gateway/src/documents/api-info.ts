import type { ApiInfo } from '@reprieve/http-kit'

/** What every route of a service is below, for clients. */
export const BASE = '/api/v1'

/** What the joined document says of itself. */
export const API_INFO: ApiInfo = {
  title: 'Reprieve',
  version: '1',
  base: BASE,
  description: [
    'Exceptions for vulnerabilities: permissions to leave some unresolved, asked for, approved in steps, in force until they end.',
    'Errors are `application/problem+json` (RFC 9457) with a stable `code`. 429 and 503 come with `Retry-After` and are safe to repeat.',
    'Lists take `limit`, `cursor` and `sort`, and answer `{ items, nextCursor, count: { value, exact } }`; counting stops at 10 000. A filter may be given several times (or). An unknown query parameter is a 400.',
    'Writes take `Idempotency-Key`: for 24 h the same key and body get the stored answer. Editable things have an `ETag`, and changing them wants `If-Match`.',
    'A write answers when its own service has committed it; what others do with it follows by events, normally within a second.',
  ].join('\n\n'),
}
