export type { Republisher, ServiceDefinition, ServiceName } from './definition.js'
export * from './tokens.js'
