import { approvalsService } from '@reprieve/approvals-service'
import { auditService } from '@reprieve/audit-service'
import { directoryService } from '@reprieve/directory-service'
import { exceptionsService } from '@reprieve/exceptions-service'
import { notificationsService } from '@reprieve/notifications-service'
import { rulesService } from '@reprieve/rules-service'
import { scopeService } from '@reprieve/scope-service'
import type { ServiceDefinition } from '@reprieve/service-host'
import { ticketsService } from '@reprieve/tickets-service'

/** Every service with a database: the one place that imports them. */
export const SERVICES: readonly ServiceDefinition[] = [
  directoryService,
  rulesService,
  exceptionsService,
  approvalsService,
  scopeService,
  ticketsService,
  notificationsService,
  auditService,
]
