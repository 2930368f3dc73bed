import { runService } from '@reprieve/service-host'
import { rulesService } from './index.js'

await runService(rulesService)
