import { readConfig } from '@reprieve/config'
import { databaseUrl } from '@reprieve/database'
import { LEAVING_MS } from '@reprieve/http-kit'
import { KafkaCarrier, kafkaOptions } from '@reprieve/messaging'
import { createLogger, logNodeWarnings, startTelemetry, telemetryVariables } from '@reprieve/telemetry'
import { chores, isChore, runChore } from './chores.js'
import { orExit } from './config-or-exit.js'
import type { ServiceDefinition } from './definition.js'
import { serviceVariables } from './service-variables.js'
import { startService } from './start-service.js'

// Longer than a batch in flight and a slow request take; a second signal does not wait.
const PATIENCE_MS = 20_000

function configOf({ name, variables }: ServiceDefinition) {
  const own = serviceVariables.extend(telemetryVariables.shape)
  return orExit(name, () => {
    if (variables !== undefined) readConfig(variables.extend(own.shape), process.env)
    const config = readConfig(own, process.env)
    return { ...config, databaseUrl: databaseUrl(config), kafka: kafkaOptions(config) }
  })
}

/** What a service's process does: `main.ts` of each service is this one call. Without a word it serves; with one it does that chore and ends. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const [chore, ...rest] = process.argv.slice(2)
  if (chore === undefined) return await serve(definition)
  if (isChore(chore) && rest.length === 0) return await runChore(definition, chore)
  process.stderr.write(
    `${definition.name} serves where nothing is said; otherwise it takes one of: ${chores.join(', ')}\n`,
  )
  process.exit(2)
}

async function serve(definition: ServiceDefinition): Promise<void> {
  const environment = process.env
  const config = configOf(definition)
  const logger = createLogger({ service: definition.name, level: config.LOG_LEVEL })
  logNodeWarnings(logger)
  const telemetry = await startTelemetry({ service: definition.name, environment, logger })
  const carrier = new KafkaCarrier({
    ...config.kafka,
    clientId: `reprieve-${definition.name}`,
    log: logger,
  })
  const stop = new AbortController()
  const starting = startService(definition, {
    databaseUrl: config.databaseUrl,
    maxConnections: config.DATABASE_POOL,
    migrate: config.MIGRATE === 'on',
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
    await service?.close(LEAVING_MS)
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
