import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { type Clock, systemClock } from '@reprieve/clock'
import { ConfigFault, type Fault, flag, integer, list, oneOf, secret, text } from '@reprieve/config'
import type { KafkaConfig, SASLOptions } from 'kafkajs'
import { z } from 'zod'
import { DEFAULT_RETRY, type RetryPolicy } from '../delivery/backoff.js'
import { type MessagingLog, silentLog } from '../log.port.js'

export interface KafkaSecurity {
  sasl?: SASLOptions
  /** True: the brokers' certificates are checked against the system's authorities. */
  tls?: true | ConnectionOptions
}

export type KafkaCompression = 'none' | 'gzip' | 'zstd'

export interface KafkaOptions extends KafkaSecurity {
  /** `host:port` each. */
  brokers: readonly string[]
  clientId: string
  clock?: Clock
  log?: MessagingLog
  retry?: Partial<RetryPolicy>
  /** A stop aborts the signal of a batch in flight after this time. Default 10 s. */
  graceMs?: number
  /** Of topics that are created. Default: the brokers' own. */
  replicationFactor?: number
  compression?: KafkaCompression
  /** After this time without a sign of life a member's partitions go to others. Default 30 s. */
  sessionTimeoutMs?: number
  /**
   * How long the brokers hold a fetch of a group for which there is nothing; new records end it at once, but a stop, a seek and a resumed
   * partition wait for it. Default 1 s.
   */
  fetchWaitMs?: number
}

export type KafkaSettings = Required<Omit<KafkaOptions, 'sasl' | 'tls' | 'retry'>> & { retry: RetryPolicy }

export function kafkaSettings(options: KafkaOptions): KafkaSettings {
  const { brokers, clientId } = options
  return {
    brokers,
    clientId,
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    retry: { ...DEFAULT_RETRY, ...options.retry },
    graceMs: options.graceMs ?? 10_000,
    replicationFactor: options.replicationFactor ?? -1,
    compression: options.compression ?? 'none',
    sessionTimeoutMs: options.sessionTimeoutMs ?? 30_000,
    // Every group of every process asks again and again while nothing happens.
    fetchWaitMs: options.fetchWaitMs ?? 1_000,
  }
}

/** KafkaJS' form of how to reach the brokers. */
export function connectionOf({ brokers, clientId, sasl, tls }: KafkaOptions): KafkaConfig {
  return {
    brokers: [...brokers],
    clientId,
    // With TLS: where twenty processes start at once on two processors, three seconds were too few for most of them.
    connectionTimeout: 10_000,
    requestTimeout: 15_000,
    ...(sasl === undefined ? {} : { sasl }),
    ...(tls === undefined ? {} : { ssl: tls }),
  }
}

/** Environment variables of a process that uses Kafka. */
export const kafkaVariables = z.object({
  KAFKA_BROKERS: list(text()).describe('Kafka brokers, host:port, separated by commas.'),
  KAFKA_TLS: flag().default(false).describe('Whether the brokers are spoken to by TLS.'),
  KAFKA_TLS_CA_PATH: text().optional().describe("File with the authority of the brokers' certificates, PEM."),
  KAFKA_TLS_CERTIFICATE_PATH: text().optional().describe('File with the client certificate, PEM.'),
  KAFKA_TLS_KEY_PATH: text().optional().describe("File with the client certificate's key, PEM."),
  KAFKA_SASL_MECHANISM: oneOf('plain', 'scram-sha-256', 'scram-sha-512')
    .optional()
    .describe('How the process signs in to Kafka.'),
  KAFKA_USERNAME: text().optional().describe('Who signs in to Kafka.'),
  KAFKA_PASSWORD: secret().optional().describe('Password for it.'),
  KAFKA_COMPRESSION: oneOf('none', 'gzip', 'zstd').default('none').describe('Of what is published.'),
  KAFKA_REPLICATION_FACTOR: integer({ min: 1, max: 32_767 })
    .optional()
    .describe("Of topics that are created; the brokers' own where it is not given."),
})

type ReadFile = (path: string) => string

type KafkaConfiguration = z.output<typeof kafkaVariables>

/**
 * What the variables say, as options of `KafkaCarrier`.
 * @throws ConfigFault with all that is wrong: halves of what belongs together, files that cannot be read
 */
export function kafkaOptions(
  config: KafkaConfiguration,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): Pick<KafkaOptions, 'brokers' | 'sasl' | 'tls' | 'compression' | 'replicationFactor'> {
  const faults: Fault[] = [...halves(config), ...unreadable(config, readFile)]
  if (faults.length > 0) throw new ConfigFault(faults)
  const sasl = saslOf(config)
  const tls = tlsOf(config, readFile)
  return {
    brokers: config.KAFKA_BROKERS,
    compression: config.KAFKA_COMPRESSION,
    ...(config.KAFKA_REPLICATION_FACTOR === undefined ? {} : { replicationFactor: config.KAFKA_REPLICATION_FACTOR }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(tls === undefined ? {} : { tls }),
  }
}

const FILES = { ca: 'KAFKA_TLS_CA_PATH', cert: 'KAFKA_TLS_CERTIFICATE_PATH', key: 'KAFKA_TLS_KEY_PATH' } as const
const TOGETHER = [
  ['KAFKA_SASL_MECHANISM', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'],
  ['KAFKA_TLS_CERTIFICATE_PATH', 'KAFKA_TLS_KEY_PATH'],
] as const

/** What is missing beside something that is given, a fault each. */
function halves(config: KafkaConfiguration): Fault[] {
  const found: Fault[] = []
  for (const names of TOGETHER) {
    const given = names.filter((name) => config[name] !== undefined)
    if (given.length === 0) continue
    for (const name of names) {
      if (config[name] === undefined) found.push({ name, detail: `is missing: it belongs to ${given.join(' and ')}` })
    }
  }
  const files = Object.values(FILES).filter((name) => config[name] !== undefined)
  if (!config.KAFKA_TLS && files.length > 0) {
    found.push({ name: 'KAFKA_TLS', detail: `must be true where ${files.join(' and ')} ${isOrAre(files)} given` })
  }
  return found
}

const isOrAre = ({ length }: readonly string[]): string => (length === 1 ? 'is' : 'are')

/** One that is missing shows at the start, and not when the first connection fails. */
function unreadable(config: KafkaConfiguration, readFile: ReadFile): Fault[] {
  if (!config.KAFKA_TLS) return []
  return Object.values(FILES).flatMap((name) => {
    const path = config[name]
    if (path === undefined) return []
    try {
      readFile(path)
      return []
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return [{ name, detail: `must name a file that can be read: ${path} (${code ?? message})` }]
    }
  })
}

function saslOf(config: KafkaConfiguration): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = config
  if (mechanism === undefined || username === undefined || password === undefined) return undefined
  return { mechanism, username, password: password.reveal() }
}

function tlsOf(config: KafkaConfiguration, readFile: ReadFile): true | ConnectionOptions | undefined {
  if (!config.KAFKA_TLS) return undefined
  const options: ConnectionOptions = {}
  for (const [option, name] of Object.entries(FILES)) {
    const path = config[name]
    if (path === undefined) continue
    // KafkaJS takes the options anew for each connection, and so what was renewed meanwhile.
    Object.defineProperty(options, option, { enumerable: true, get: () => readFile(path) })
  }
  return Object.keys(options).length === 0 ? true : options
}
