// Writes services/gateway/openapi.json: the routes of every service in one OpenAPI document, and the console's types of them.
// `npm run openapi`, after a route has changed.
import { writeFileSync } from 'node:fs'
import { apiTypes } from '../console/api-types.mjs'
import { build, prepare } from './lib/prepare.mjs'

await prepare()
build()
const { API_INFO, OPENAPI_FILE } = await import('@reprieve/gateway-service')
const { openApiDocument } = await import('@reprieve/http-kit')
const { serviceRoutes } = await import('@reprieve/service-host')
const { SERVICES } = await import('@reprieve/standalone-service')

const document = openApiDocument(SERVICES.flatMap(serviceRoutes), API_INFO)
writeFileSync(OPENAPI_FILE, `${JSON.stringify(document, null, 2)}\n`)
writeFileSync(new URL('../console/src/api/schema.gen.ts', import.meta.url), await apiTypes(document))
console.log(`${Object.keys(document.paths).length} paths in services/gateway/openapi.json`)
