import { ConfigFault, type Environment, integer, oneOf, readConfig, secretUrl, text } from '@reprieve/config'
import { KafkaCarrier, kafkaOptions, kafkaVariables } from '@reprieve/messaging'
import { createLogger, startTelemetry, telemetryVariables } from '@reprieve/telemetry'
import { z } from 'zod'
import type { ServiceDefinition } from './definition.js'
import { startService } from './start-service.js'

/** What every service's process reads from its environment, beside what the service itself reads. */
export const serviceVariables = z.object({
  ...kafkaVariables.shape,
  DATABASE_URL: secretUrl('postgres:', 'postgresql:').describe(
    "The service's own PostgreSQL database, with its own role.",
  ),
  DATABASE_POOL: integer({ min: 2, max: 200 }).default(10).describe('Most connections of this process to it.'),
  HOST: text().default('0.0.0.0').describe('Address to listen on.'),
  PORT: integer({ min: 1, max: 65_535 }).default(8080).describe('Port to listen on.'),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error').default('info').describe('How much is logged.'),
})

// Longer than a batch in flight and a slow request take; a second signal does not wait.
const PATIENCE_MS = 20_000

/** What is wrong is told as it is, without a stack: it is for whoever sets the variables. */
function readConfigOrExit({ name, variables }: ServiceDefinition, environment: Environment) {
  const own = serviceVariables.extend(telemetryVariables.shape)
  try {
    if (variables !== undefined) readConfig(variables.extend(own.shape), environment)
    return readConfig(own, environment)
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    process.stderr.write(`${name} cannot start. ${error.message}\n`)
    process.exit(2)
  }
}

/** The whole life of a service's process: `main.ts` of each service is this one call. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const environment = process.env
  const config = readConfigOrExit(definition, environment)
  const logger = createLogger({ service: definition.name, level: config.LOG_LEVEL })
  const telemetry = await startTelemetry({ service: definition.name, environment, logger })
  const carrier = new KafkaCarrier({
    ...kafkaOptions(config),
    clientId: `reprieve-${definition.name}`,
    log: logger,
  })
  const stop = new AbortController()
  const starting = startService(definition, {
    databaseUrl: config.DATABASE_URL.reveal(),
    maxConnections: config.DATABASE_POOL,
    carrier,
    logger,
    environment,
    host: config.HOST,
    port: config.PORT,
    signal: stop.signal,
  })
  const end = async (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(1)
    logger.info({ signal }, 'stopping')
    stop.abort(new Error(`stopped by ${signal}`))
    setTimeout(() => {
      logger.error({}, 'could not stop in time')
      process.exit(1)
    }, PATIENCE_MS).unref()
    const service = await starting.catch(() => null)
    await service?.close()
    await carrier.close()
    await telemetry.stop()
    process.exit(0)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  try {
    await starting
  } catch (err) {
    if (stop.signal.aborted) return
    logger.fatal({ err }, `${definition.name} cannot start`)
    process.exit(1)
  }
}
