import 'reflect-metadata'
import { runService } from '@reprieve/service-host'
import { approvalsService } from './index.js'

await runService(approvalsService)
