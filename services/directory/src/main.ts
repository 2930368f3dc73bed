import { runService } from '@reprieve/service-host'
import { directoryService } from './index.js'

await runService(directoryService)
