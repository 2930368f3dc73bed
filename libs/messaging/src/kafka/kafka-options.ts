import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { type Clock, systemClock } from '@reprieve/clock'
import { flag, integer, list, oneOf, type Secret, secret, text } from '@reprieve/config'
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

/** What the variables say, as options of `KafkaCarrier`. @throws where a file cannot be read or half of a pair is missing */
export function kafkaOptions(
  config: z.output<typeof kafkaVariables>,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): Pick<KafkaOptions, 'brokers' | 'sasl' | 'tls' | 'compression' | 'replicationFactor'> {
  const sasl = saslOf(config.KAFKA_SASL_MECHANISM, config.KAFKA_USERNAME, config.KAFKA_PASSWORD)
  const tls = tlsOf(config, readFile)
  return {
    brokers: config.KAFKA_BROKERS,
    compression: config.KAFKA_COMPRESSION,
    ...(config.KAFKA_REPLICATION_FACTOR === undefined ? {} : { replicationFactor: config.KAFKA_REPLICATION_FACTOR }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(tls === undefined ? {} : { tls }),
  }
}

function saslOf(
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined,
  username: string | undefined,
  password: Secret | undefined,
): SASLOptions | undefined {
  if (mechanism === undefined && username === undefined && password === undefined) return undefined
  if (mechanism === undefined || username === undefined || password === undefined) {
    throw new Error('KAFKA_SASL_MECHANISM, KAFKA_USERNAME and KAFKA_PASSWORD are given together or not at all')
  }
  return { mechanism, username, password: password.reveal() }
}

function tlsOf(config: z.output<typeof kafkaVariables>, readFile: ReadFile): true | ConnectionOptions | undefined {
  const files = {
    ca: config.KAFKA_TLS_CA_PATH,
    cert: config.KAFKA_TLS_CERTIFICATE_PATH,
    key: config.KAFKA_TLS_KEY_PATH,
  }
  const given = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined)
  if (!config.KAFKA_TLS) {
    if (given.length > 0) throw new Error('KAFKA_TLS_…_PATH has no effect unless KAFKA_TLS is true')
    return undefined
  }
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw new Error('KAFKA_TLS_CERTIFICATE_PATH and KAFKA_TLS_KEY_PATH are given together or not at all')
  }
  if (given.length === 0) return true
  const options: ConnectionOptions = {}
  for (const [option, path] of given) {
    // One that is missing shows at the start. KafkaJS takes the options anew for each connection, and so what was renewed meanwhile.
    readFile(path)
    Object.defineProperty(options, option, { enumerable: true, get: () => readFile(path) })
  }
  return options
}
