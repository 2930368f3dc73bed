import { freePort } from '@reprieve/embedded-postgres'
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { dockerBroker } from './kafka-docker.js'
import { javaBroker } from './kafka-java.js'

/** A real Apache Kafka for tests. */
export interface KafkaBroker {
  brokers: string[]
  /** False where the broker was given: it cannot be stopped. */
  controllable: boolean
  /** In order: what was acknowledged is on disk. */
  stop(): Promise<void>
  /** As in a crash. */
  kill(): Promise<void>
  /** Again after `stop` or `kill`: same address, same data. Resolves once it answers. */
  start(): Promise<void>
  /** Stops it for good and deletes its data. */
  close(): Promise<void>
}

// Docker may have to fetch the image, Maven the jars.
const START_MS = 60_000

/**
 * Starts a broker: one that is given by `KAFKA_BROKERS`, else by Docker, else by Java 17 and Maven.
 * @returns null where there is none of them: tests that need it are skipped, loudly
 */
export async function startKafka(): Promise<KafkaBroker | null> {
  const given = process.env['KAFKA_BROKERS']
  if (given) return givenBroker(given.split(',').map((broker) => broker.trim()))
  const port = await freePort()
  const runs = (await dockerBroker(port)) ?? (await javaBroker(port, await freePort()))
  if (runs === null) {
    process.stderr.write('\nSKIPPED: no Kafka. Give KAFKA_BROKERS, or have Docker, or Java 17 and Maven at hand.\n\n')
    return null
  }
  const brokers = [`127.0.0.1:${port}`]
  const start = async () => {
    await runs.start()
    await answers(brokers)
  }
  try {
    await start()
  } catch (error) {
    await runs.kill()
    await runs.remove()
    throw error
  }
  return {
    brokers,
    controllable: true,
    start,
    stop: () => runs.stop(),
    kill: () => runs.kill(),
    async close() {
      await runs.kill()
      await runs.remove()
    },
  }
}

function givenBroker(brokers: string[]): KafkaBroker {
  const refuse = () => Promise.reject(new Error('the broker in KAFKA_BROKERS is not ours to stop'))
  return { brokers, controllable: false, start: refuse, stop: refuse, kill: refuse, close: async () => {} }
}

/** Resolves once a broker knows who leads. */
export async function answers(brokers: string[], security: Pick<KafkaConfig, 'ssl' | 'sasl'> = {}): Promise<void> {
  const kafka = new Kafka({
    brokers,
    ...security,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  })
  for (const started = performance.now(); ; ) {
    const admin = kafka.admin()
    try {
      await admin.connect()
      const { controller } = await admin.describeCluster()
      if (controller !== null && controller >= 0) return
    } catch (error) {
      if (performance.now() - started > START_MS) throw new Error('Kafka does not answer', { cause: error })
    } finally {
      await admin.disconnect()
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
