import 'reflect-metadata'
import { runService } from '@reprieve/service-host'
import { exceptionsService } from './index.js'

await runService(exceptionsService)
