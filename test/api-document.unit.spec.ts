import { readFileSync } from 'node:fs'
import { API_INFO, OPENAPI_FILE, ROUTE_TABLE } from '@reprieve/gateway-service'
import { type OpenApiDocument, openApiDocument } from '@reprieve/http-kit'
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
    const now = parts(openApiDocument(routes, API_INFO))
    const committed = parts(JSON.parse(readFileSync(OPENAPI_FILE, 'utf8')) as OpenApiDocument)
    const all = new Set([...Object.keys(now), ...Object.keys(committed)])
    expect([...all].filter((part) => now[part] !== committed[part])).toEqual([])
  })
})

/** The document by parts, so that a stale one is told by the name of what has changed. */
function parts({ paths, components, ...rest }: OpenApiDocument): Record<string, string> {
  const named: Record<string, string> = { rest: JSON.stringify(rest) }
  for (const [kind, group] of Object.entries({ paths, ...components })) {
    for (const [name, part] of Object.entries(group)) named[`${kind} ${name}`] = JSON.stringify(part)
  }
  return named
}

describe('every route', () => {
  it.each(routes.map((route) => [line(route), route] as const))('%s tells all its parameters', (_, route) => {
    const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(Object.keys(route.params?.shape ?? {}).sort()).toEqual(named.sort())
  })
})
