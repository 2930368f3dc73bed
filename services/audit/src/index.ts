import type { ServiceDefinition } from '@reprieve/service-host'
import { AuditModule } from './audit.module.js'
import { auditVariables } from './configuration.js'

export { auditVariables } from './configuration.js'

export const auditService: ServiceDefinition = {
  name: 'audit',
  migrations: { name: 'audit', folder: new URL('../migrations/', import.meta.url) },
  module: AuditModule,
  variables: auditVariables,
}
