// Every service, the in-process carrier and the gateway in one process, on a PostgreSQL and a mail server that the test holds in its hand.
// Not the standalone program: that one owns its PostgreSQL, and nobody outside can take it away for a while.
import 'reflect-metadata'
import { migrate } from '@reprieve/database'
import { startGateway } from '@reprieve/gateway-service'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { startService } from '@reprieve/service-host'
import { SERVICES } from '@reprieve/standalone-service'
import { createLogger } from '@reprieve/telemetry'

const { GATEWAY_PORT, POSTGRES_URL, ...environment } = process.env
const databaseUrl = (name: string) => `${POSTGRES_URL}/${name}`
const logger = createLogger({ service: 'composition', level: 'warn' })

await migrate(databaseUrl('messages'), [messagingMigrations])
const carrier = await InProcessCarrier.open({ url: databaseUrl('messages'), log: logger })
const services = await Promise.all(
  SERVICES.map((definition) =>
    startService(definition, { databaseUrl: databaseUrl(definition.name), carrier, logger, environment }),
  ),
)
const addresses = Object.fromEntries(services.map(({ name, url }) => [name, url]))
const gateway = await startGateway({
  port: Number(GATEWAY_PORT),
  services: addresses,
  logger,
  limits: { requestsPerSecond: 100_000, requestsBurst: 100_000 },
})
process.once('SIGTERM', async () => {
  await gateway.close()
  await Promise.all(services.map((service) => service.close()))
  await carrier.close()
  process.exit(0)
})
process.stdout.write(`ready ${JSON.stringify(addresses)}\n`)
