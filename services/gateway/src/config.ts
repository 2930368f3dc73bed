import { integer, list, oneOf, text, url } from '@reprieve/config'
import { telemetryVariables } from '@reprieve/telemetry'
import { z } from 'zod'
import { DEFAULT_LIMITS } from './limits/limits.js'
import { FORWARDED_SERVICES, type ForwardedService } from './routes/route-table.js'

type AddressVariable = `${Uppercase<ForwardedService>}_URL`

const addressVariable = (service: ForwardedService): AddressVariable =>
  `${service.toUpperCase() as Uppercase<ForwardedService>}_URL`

const address = (service: ForwardedService) => url('http:', 'https:').describe(`Address of the ${service} service.`)

const addresses = Object.fromEntries(
  FORWARDED_SERVICES.map((service) => [addressVariable(service), address(service)]),
) as Record<AddressVariable, ReturnType<typeof address>>

/** What the gateway's process reads from its environment. */
export const gatewayVariables = z
  .object({
    HOST: text().default('0.0.0.0').describe('Address to listen on.'),
    PORT: integer({ min: 1, max: 65_535 }).default(8080).describe('Port to listen on.'),
    LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error').default('info').describe('How much is logged.'),
    RATE_LIMIT_PER_SECOND: integer({ min: 1, max: 1_000_000 })
      .default(DEFAULT_LIMITS.requestsPerSecond)
      .describe('Requests a second of one principal, or of one address where nobody is signed in, to this process.'),
    RATE_LIMIT_BURST: integer({ min: 1, max: 1_000_000 })
      .default(DEFAULT_LIMITS.requestsBurst)
      .describe('How many of them can come at once.'),
    FAILED_SIGN_INS_PER_MINUTE: integer({ min: 1, max: 10_000 })
      .default(DEFAULT_LIMITS.failedSignInsPerMinute)
      .describe('Failed attempts to sign in, of one account from one address.'),
    TRUSTED_PROXIES: list(text())
      .optional()
      .describe(
        'Networks (CIDR) or addresses of proxies in front, separated by commas, whose X-Forwarded headers are believed.',
      ),
  })
  .extend(addresses)
  .extend(telemetryVariables.shape)

/** The services' addresses out of what was read. */
export const addressesFrom = (config: Readonly<Record<AddressVariable, string>>): Record<string, string> =>
  Object.fromEntries(FORWARDED_SERVICES.map((service) => [service, config[addressVariable(service)]]))
