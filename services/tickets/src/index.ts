import type { ServiceDefinition } from '@reprieve/service-host'
import { TicketsModule } from './tickets.module.js'

/** Remediation tickets, their due dates, and who reviews what is asked from them. */
export const ticketsService: ServiceDefinition = {
  name: 'tickets',
  migrations: { name: 'tickets', folder: new URL('../migrations/', import.meta.url) },
  module: TicketsModule,
}
