import type { ServiceDefinition } from '@reprieve/service-host'
import { notificationsVariables } from './configuration.js'
import { NotificationsModule } from './notifications.module.js'

export { notificationsVariables } from './configuration.js'

export const notificationsService: ServiceDefinition = {
  name: 'notifications',
  migrations: { name: 'notifications', folder: new URL('../migrations/', import.meta.url) },
  module: NotificationsModule,
  variables: notificationsVariables,
}
