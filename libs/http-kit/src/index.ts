import type { MigrationSet } from '@reprieve/database'

export { bearerToken } from './access.js'
export { clientNetwork, networkOf } from './client-network.js'
export { closeConnectionsInOrder, LEAVING_MS } from './closing.js'
export type { SortKey, SortType } from './cursor.js'
export { etagOf, matchesNone, requireMatch } from './etag.js'
export { toProblem } from './faults.js'
export * from './fields.js'
export { createHttpAdapter, type HttpAdapterOptions, type HttpEdgeOptions, prepareHttp } from './http-application.js'
export type { HttpLog } from './http-log.port.js'
export type { IdempotencyTables } from './idempotency.tables.js'
export {
  asBoundedCount,
  boundedCount,
  COUNT_BOUND,
  Keyset,
  MANY,
  ofFew,
  type PageOptions,
  type PageRequest,
  readPage,
  readPageOfFew,
  type SortColumn,
} from './keyset.js'
export { linger } from './linger.js'
export { type BoundedCount, count, type List, listOf, listQuery, type SortTerm } from './list-query.js'
export { type ApiInfo, type OpenApiDocument, openApiDocument } from './openapi.js'
export { allowed, PathTable } from './path-table.js'
export * from './problem.js'
export { sendProblem } from './problem-response.js'
export { readBody } from './request-body.js'
export { ROUTE_SPEC, Route, specOf } from './route.decorator.js'
export * from './route.js'
export { controllersOf, routesOf } from './route-discovery.js'
export { sameOrigin } from './same-origin.js'
export { endedSessionCookie, SESSION_COOKIE, sessionCookie, sessionToken } from './session-cookie.js'
export { serveInTrace, traceIdOf } from './trace.js'
export { type Validated, validate } from './validation.js'
export { refusalsIn, type Verdicts, verdictTable } from './verdict-table.js'
export { type StoredAnswers, type WriteInput, type WriteOptions, WriteTransactions } from './write-transactions.js'

/** The table of Idempotency-Keys, in every service's database. */
export const idempotencyMigrations: MigrationSet = {
  name: 'http-kit',
  folder: new URL('../migrations/', import.meta.url),
}
