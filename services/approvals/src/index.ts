import type { ServiceDefinition } from '@reprieve/service-host'
import { ApprovalsModule } from './approvals.module.js'

/** A request from submission until it is resolved: whose turn, decisions, hand-over, withdrawal, lapse. */
export const approvalsService: ServiceDefinition = {
  name: 'approvals',
  migrations: { name: 'approvals', folder: new URL('../migrations/', import.meta.url) },
  module: ApprovalsModule,
}
