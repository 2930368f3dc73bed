import { ConfigFault, readConfig } from '@reprieve/config'
import { LEAVING_MS } from '@reprieve/http-kit'
import { createLogger, logNodeWarnings, startTelemetry } from '@reprieve/telemetry'
import { addressesFrom, gatewayVariables } from './config.js'
import { startGateway } from './gateway.js'

// Longer than a slow request takes; a second signal does not wait.
const PATIENCE_MS = 20_000

const environment = process.env

/** What is wrong is told as it is, without a stack: it is for whoever sets the variables. */
function configOrExit() {
  try {
    return readConfig(gatewayVariables, environment)
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    process.stderr.write(`gateway cannot start. ${error.message}\n`)
    process.exit(2)
  }
}

const config = configOrExit()
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL })
logNodeWarnings(logger)
const telemetry = await startTelemetry({ service: 'gateway', environment, logger })
const gateway = await startGateway({
  host: config.HOST,
  port: config.PORT,
  services: addressesFrom(config),
  logger,
  limits: {
    requestsPerSecond: config.RATE_LIMIT_PER_SECOND,
    requestsBurst: config.RATE_LIMIT_BURST,
    failedSignInsPerMinute: config.FAILED_SIGN_INS_PER_MINUTE,
  },
  trustedProxies: config.TRUSTED_PROXIES ?? [],
}).catch((err: unknown) => {
  logger.fatal({ err }, 'gateway cannot start')
  process.exit(1)
})

let stopping = false
const end = async (signal: NodeJS.Signals): Promise<void> => {
  if (stopping) process.exit(1)
  stopping = true
  logger.info({ signal }, 'stopping')
  setTimeout(() => {
    logger.error({}, 'could not stop in time')
    process.exit(1)
  }, PATIENCE_MS).unref()
  await gateway.close(LEAVING_MS)
  await telemetry.stop()
  process.exit(0)
}
process.on('SIGTERM', end)
process.on('SIGINT', end)
