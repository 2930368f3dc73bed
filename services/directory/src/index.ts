import type { ServiceDefinition } from '@reprieve/service-host'
import { DirectoryModule } from './directory.module.js'
import { directoryVariables } from './settings.js'

export { directoryVariables } from './settings.js'

export const directoryService: ServiceDefinition = {
  name: 'directory',
  migrations: { name: 'directory', folder: new URL('../migrations/', import.meta.url) },
  module: DirectoryModule,
  variables: directoryVariables,
}
