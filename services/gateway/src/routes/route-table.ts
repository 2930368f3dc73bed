/** Services that the gateway forwards to. */
export const FORWARDED_SERVICES = [
  'directory',
  'rules',
  'exceptions',
  'approvals',
  'scope',
  'tickets',
  'notifications',
  'audit',
] as const

export type ForwardedService = (typeof FORWARDED_SERVICES)[number]

export interface RouteRow {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, as the service itself writes it. */
  path: string
  service: ForwardedService
}

const rows = (service: ForwardedService, ...lines: readonly string[]): RouteRow[] =>
  lines.flatMap((line) => {
    const [methods = '', path = ''] = line.split(' ')
    return methods.split(',').map((method) => ({ method: method as RouteRow['method'], path, service }))
  })

/**
 * Which service answers what: the one place where it is written. What is not here is not reachable from outside; a test holds it
 * against each service's own routes.
 */
export const ROUTE_TABLE: readonly RouteRow[] = [
  ...rows(
    'directory',
    'GET /diagnostics/directory',
    'POST,DELETE /session',
    'PUT /session/last-use',
    'GET /me',
    'PUT /me/password',
    'GET,POST /users',
    'GET,PATCH /users/{id}',
    'GET,POST /groups',
    'GET,PATCH /groups/{id}',
    'GET,POST /roles',
    'GET,PATCH /roles/{name}',
    'GET,POST /tokens',
    'DELETE /tokens/{id}',
    'GET /.well-known/jwks.json',
    'GET,POST /signing-keys',
    'DELETE /signing-keys/{kid}',
    'POST /republications/directory.v1',
  ),
  ...rows(
    'rules',
    'GET /diagnostics/rules',
    'GET,POST /rules',
    'GET,PUT,DELETE /rules/{id}',
    'GET /rules/{id}/versions',
    'GET /rule-candidates',
    'GET /assignment-fields',
    'GET /request-form',
    'POST /republications/rules.v1',
  ),
  ...rows(
    'exceptions',
    'GET /diagnostics/exceptions',
    'GET,POST /exceptions',
    'POST /exceptions/dry-run',
    'GET /exceptions/{id}',
    'POST /exceptions/{id}/deactivate',
    'GET /exceptions/{id}/history',
    'GET,POST /exceptions/{id}/comments',
    'POST /evidence',
    'GET,POST /exceptions/{id}/evidence',
    'GET /exceptions/{id}/evidence/{fileId}',
    'POST /republications/exceptions.v1',
  ),
  ...rows(
    'approvals',
    'GET /diagnostics/approvals',
    'GET /approvals',
    'POST /approvals/{exceptionId}/decision',
    'POST /approvals/{exceptionId}/hand-over',
    'GET /approvals/{exceptionId}/steps/{step}/candidates',
    'POST /exceptions/{id}/withdraw',
    'POST /republications/approvals.v1',
  ),
  ...rows(
    'scope',
    'GET /diagnostics/scope',
    'GET /fields',
    'GET,POST /queries',
    'GET,PATCH,DELETE /queries/{id}',
    'POST /queries/preview',
    'GET /instances',
    'GET /instances/{id}',
    'GET /instances/{id}/coverage',
    'POST /instances/batch',
    'GET,POST /reports',
    'GET /reports/{id}',
    'GET /instances/{id}/tickets',
    'GET /summary',
    'GET /summary/history',
    'GET,POST /reconciliations',
    'GET /scans',
    'GET /feeds',
    'POST /feeds/{name}/takes',
    'GET /exceptions/{id}/instances',
    'POST /republications/scope.v1',
    'POST /republications/ticket-counts.v1',
    'POST /republications/coverage.v1',
  ),
  ...rows(
    'tickets',
    'GET /diagnostics/tickets',
    'GET,POST /tickets',
    'GET,PATCH /tickets/{id}',
    'GET /tickets/{id}/updates',
    'POST /tickets/{id}/exceptions',
    'PUT /external-tickets/{source}/{key}',
    'GET,PUT /settings/exceptions',
    'POST /settings/exceptions/dry-run',
    'GET,PUT /settings/due-dates',
    'GET,POST /settings/grouping-rules',
    'PATCH /settings/grouping-rules/{id}',
    'POST /republications/tickets.v1',
  ),
  ...rows(
    'notifications',
    'GET /diagnostics/notifications',
    'GET,PATCH /me/notifications',
    'GET,PUT /me/preferences',
    'GET /mails',
    'GET /mail-templates',
    'GET,PUT,DELETE /mail-templates/{kind}',
    'POST /mail-templates/{kind}/preview',
    'GET,POST /webhooks',
    'GET,PATCH,DELETE /webhooks/{id}',
    'POST /webhooks/{id}/secret',
    'POST /webhooks/{id}/ping',
    'GET /webhooks/{id}/deliveries',
    'GET,PUT /webhook-hosts',
  ),
  ...rows(
    'audit',
    'GET /diagnostics/audit',
    'GET /audit',
    'GET /audit/verification',
    'GET /events',
    'GET /dead-letters',
    'GET /dead-letters/{id}',
    'POST /dead-letters/{id}/redrive',
    'POST /dead-letters/{id}/discard',
  ),
]

/** Answers that go on for as long as somebody listens. */
export const isLive = ({ method, path }: RouteRow): boolean => method === 'GET' && path === '/events'
