export {
  type BackgroundWork,
  type Check,
  type RecollectedTopic,
  type Recollection,
  type Republisher,
  SERVICE_NAMES,
  type ServiceDefinition,
  type ServiceName,
} from './definition.js'
export type { Readiness } from './health.js'
export { RepeatedWork, type RepeatedWorkOptions } from './repeated-work.js'
export { republicationController } from './republication.js'
export { runService } from './run-service.js'
export { serviceRoutes } from './service-routes.js'
export { serviceVariables } from './service-variables.js'
export { type RunningService, republishableTopics, type StartOptions, startService, topicsOf } from './start-service.js'
export * from './tokens.js'
