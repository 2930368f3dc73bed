import { runService } from '@reprieve/service-host'
import { scopeService } from './index.js'

await runService(scopeService)
