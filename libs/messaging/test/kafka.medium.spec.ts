import { startKafka } from '@reprieve/testing'
import { describe } from 'vitest'
import { KafkaCarrier } from '../src/index.js'
import { describeCarrier } from './carrier-conformance.js'
import { QUICK_RETRY } from './support/carrier-harness.js'

// A broker of its own: one test crashes it.
const kafka = await startKafka()

describe.skipIf(kafka === null)('on Apache Kafka', () => {
  describeCarrier('Kafka', async () => {
    if (kafka === null) throw new Error('there is no Kafka')
    // A broker that was given allows no shorter session by default.
    const sessionTimeoutMs = kafka.controllable ? 3_000 : 6_000
    const open = async () =>
      new KafkaCarrier({
        brokers: kafka.brokers,
        clientId: 'test',
        retry: QUICK_RETRY,
        graceMs: 1_000,
        sessionTimeoutMs: 10_000,
        ...(kafka.controllable ? { replicationFactor: 1 } : {}),
      })
    return {
      open,
      openBeside: open,
      store: kafka.controllable ? { crash: () => kafka.kill(), recover: () => kafka.start() } : null,
      child: {
        kind: 'kafka',
        exclusive: false,
        newStore: async () => ({ brokers: kafka.brokers.join(), sessionTimeoutMs: String(sessionTimeoutMs) }),
      },
      close: () => kafka.close(),
    }
  })
})
