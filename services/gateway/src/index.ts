export { OPENAPI_FILE } from './documents/documents.js'
export { type GatewayOptions, type RunningGateway, startGateway } from './gateway.js'
export { DEFAULT_LIMITS, type GatewayLimits } from './limits/limits.js'
export { FORWARDED_SERVICES, type ForwardedService, ROUTE_TABLE, type RouteRow } from './routes/route-table.js'
