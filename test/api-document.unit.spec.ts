import { readFileSync } from 'node:fs'
import { API_INFO, OPENAPI_FILE, ROUTE_TABLE } from '@reprieve/gateway-service'
import { openApiDocument } from '@reprieve/http-kit'
import { serviceRoutes } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { describe, expect, it } from 'vitest'

const line = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`
const routes = SERVICES.flatMap(serviceRoutes)

describe('the gateway', () => {
  it.each(SERVICES.map((definition) => [definition.name, definition] as const))(
    'reaches every route of %s, and knows none that it does not have',
    (name, definition) => {
      const known = ROUTE_TABLE.filter(({ service }) => service === name).map(line)
      expect(known.sort()).toEqual(serviceRoutes(definition).map(line).sort())
    },
  )

  it('sends no request to two services', () => {
    const shapes = ROUTE_TABLE.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`)
    expect(shapes.filter((shape, index) => shapes.indexOf(shape) !== index)).toEqual([])
  })

  it('serves the document of these very routes (if not: npm run openapi)', () => {
    const document = openApiDocument(routes, API_INFO)
    expect(JSON.parse(readFileSync(OPENAPI_FILE, 'utf8'))).toEqual(JSON.parse(JSON.stringify(document)))
  })
})

describe('every route', () => {
  it.each(routes.map((route) => [line(route), route] as const))('%s tells all its parameters', (_, route) => {
    const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(Object.keys(route.params?.shape ?? {}).sort()).toEqual(named.sort())
  })
})
