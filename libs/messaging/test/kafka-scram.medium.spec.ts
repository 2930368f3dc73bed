import { readConfig } from '@reprieve/config'
import { type KafkaUser, startScramKafka } from '@reprieve/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { KafkaCarrier, kafkaOptions, kafkaVariables } from '../src/index.js'
import { QUICK_RETRY } from './support/carrier-harness.js'
import { Recorder } from './support/recorder.js'

const PASSWORD = 'a-password-of-kafka'
const users: readonly [KafkaUser, KafkaUser] = [
  { mechanism: 'scram-sha-512', username: 'reprieve', password: PASSWORD },
  { mechanism: 'scram-sha-256', username: 'older', password: PASSWORD },
]
const kafka = await startScramKafka(users)

describe.skipIf(kafka === null)('a broker that asks for a password', () => {
  const { brokers, authority } = kafka ?? { brokers: [], authority: { file: '' } }
  const carriers: KafkaCarrier[] = []
  afterAll(async () => {
    await Promise.all(carriers.map((carrier) => carrier.close()))
    await kafka?.close()
  })

  /** As a service's environment has it. */
  const open = ({ mechanism, username, password }: KafkaUser): KafkaCarrier => {
    const variables = {
      KAFKA_BROKERS: brokers.join(),
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_PATH: authority.file,
      KAFKA_SASL_MECHANISM: mechanism,
      KAFKA_USERNAME: username,
      KAFKA_PASSWORD: password,
    }
    const carrier = new KafkaCarrier({
      ...kafkaOptions(readConfig(kafkaVariables, variables)),
      clientId: 'test',
      retry: QUICK_RETRY,
      graceMs: 1_000,
      fetchWaitMs: 250,
    })
    carriers.push(carrier)
    return carrier
  }

  it.each(users)('is published to and read from by $mechanism', async (user) => {
    const carrier = open(user)
    const topic = `by-${user.mechanism}`
    await carrier.ensureTopics([{ name: topic, partitions: 1, retentionMs: 3_600_000 }])
    const recorder = new Recorder()
    await carrier.subscribe({ group: topic, topics: [topic], handler: 'h', maxBatch: 1, handle: recorder.handle })
    await carrier.publish([{ topic, key: 'a', value: Buffer.from('told') }])
    await expect.poll(() => recorder.texts).toEqual(['told'])
  })

  it('lets nobody in with another password, and says so without the password', async () => {
    const publishing = open({ ...users[0], password: 'another-password' }).publish([
      { topic: 'by-scram-sha-512', key: 'a', value: Buffer.from('never') },
    ])
    const refusal = await publishing.then(
      () => null,
      (error: Error) => error,
    )
    expect(String(refusal?.message)).toMatch(/authentication failed/i)
    expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal ?? {}))).not.toContain('another-password')
  })
})
