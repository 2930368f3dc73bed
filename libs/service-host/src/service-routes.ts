import { controllersOf, type RouteSpec, routesOf } from '@reprieve/http-kit'
import type { ServiceDefinition } from './definition.js'
import { diagnosticsRoute } from './diagnostics.js'
import { republicationRoutes } from './republication.js'
import { republishableTopics } from './start-service.js'

/** Every route that a service answers, its own and those the host adds. */
export const serviceRoutes = (definition: ServiceDefinition): RouteSpec[] => [
  ...routesOf(...controllersOf(definition.module)),
  diagnosticsRoute(definition.name),
  ...republicationRoutes(republishableTopics(definition.name)),
]
