import type { ServiceDefinition } from '@reprieve/service-host'
import { RulesModule } from './rules.module.js'

export const rulesService: ServiceDefinition = {
  name: 'rules',
  migrations: { name: 'rules', folder: new URL('../migrations/', import.meta.url) },
  module: RulesModule,
}
