import { runService } from '@reprieve/service-host'
import { auditService } from './index.js'

await runService(auditService)
