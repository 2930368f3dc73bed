import 'reflect-metadata'
import { runService } from '@reprieve/service-host'
import { ticketsService } from './index.js'

await runService(ticketsService)
