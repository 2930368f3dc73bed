import type { ServiceDefinition } from '@reprieve/service-host'
import { scopeVariables } from './scope.config.js'
import { ScopeModule } from './scope.module.js'

export { scopeVariables } from './scope.config.js'

export const scopeService: ServiceDefinition = {
  name: 'scope',
  migrations: { name: 'scope', folder: new URL('../migrations/', import.meta.url) },
  module: ScopeModule,
  variables: scopeVariables,
}
