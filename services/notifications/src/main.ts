import { runService } from '@reprieve/service-host'
import { notificationsService } from './index.js'

await runService(notificationsService)
