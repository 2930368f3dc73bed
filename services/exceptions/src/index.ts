import type { ServiceDefinition } from '@reprieve/service-host'
import { exceptionsVariables } from './exceptions.config.js'
import { ExceptionsModule } from './exceptions.module.js'

/** Submission, the Exception Table and the grant: activation, expiry, deactivation. */
export const exceptionsService: ServiceDefinition = {
  name: 'exceptions',
  migrations: { name: 'exceptions', folder: new URL('../migrations/', import.meta.url) },
  module: ExceptionsModule,
  variables: exceptionsVariables,
}
