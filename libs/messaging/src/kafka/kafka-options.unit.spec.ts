import { ConfigFault, readConfig } from '@reprieve/config'
import { describe, expect, it } from 'vitest'
import { kafkaOptions, kafkaVariables } from './kafka-options.js'

const read = (environment: Record<string, string>) =>
  kafkaOptions(
    readConfig(kafkaVariables, { KAFKA_BROKERS: 'one:9092, two:9092', ...environment }),
    (path) => `what is in ${path}`,
  )

describe('how Kafka is reached', () => {
  it('needs only the brokers', () => {
    expect(read({})).toEqual({ brokers: ['one:9092', 'two:9092'], compression: 'none' })
  })

  it('takes a user and a password, and TLS with the system’s authorities', () => {
    expect(
      read({
        KAFKA_TLS: 'true',
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_USERNAME: 'reprieve',
        KAFKA_PASSWORD: 'a secret',
        KAFKA_REPLICATION_FACTOR: '3',
      }),
    ).toEqual({
      brokers: ['one:9092', 'two:9092'],
      compression: 'none',
      replicationFactor: 3,
      tls: true,
      sasl: { mechanism: 'scram-sha-512', username: 'reprieve', password: 'a secret' },
    })
  })

  it('takes an authority and a client certificate from files', () => {
    expect(
      read({
        KAFKA_TLS: 'true',
        KAFKA_TLS_CA_PATH: '/ca',
        KAFKA_TLS_CERTIFICATE_PATH: '/certificate',
        KAFKA_TLS_KEY_PATH: '/key',
      }).tls,
    ).toEqual({ ca: 'what is in /ca', cert: 'what is in /certificate', key: 'what is in /key' })
  })

  it('takes certificates that were renewed, each time they are asked for', () => {
    let content = 'old'
    const { tls } = kafkaOptions(
      readConfig(kafkaVariables, { KAFKA_BROKERS: 'one:9092', KAFKA_TLS: 'true', KAFKA_TLS_CA_PATH: '/ca' }),
      () => content,
    )
    expect(Object.assign({}, tls)).toEqual({ ca: 'old' })
    content = 'new'
    expect(Object.assign({}, tls)).toEqual({ ca: 'new' })
  })

  it('refuses a certificate that is not there, at once', () => {
    const config = { KAFKA_BROKERS: 'one:9092', KAFKA_TLS: 'true', KAFKA_TLS_CA_PATH: '/nowhere/ca.pem' }
    expect(() => kafkaOptions(readConfig(kafkaVariables, config))).toThrow(
      'KAFKA_TLS_CA_PATH must name a file that can be read: /nowhere/ca.pem (ENOENT)',
    )
  })

  it.each([
    [{ KAFKA_USERNAME: 'reprieve' }, ['KAFKA_SASL_MECHANISM', 'KAFKA_PASSWORD']],
    [{ KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'reprieve' }, ['KAFKA_PASSWORD']],
    [{ KAFKA_TLS: 'true', KAFKA_TLS_KEY_PATH: '/key' }, ['KAFKA_TLS_CERTIFICATE_PATH']],
    [{ KAFKA_TLS_CA_PATH: '/nowhere/ca' }, ['KAFKA_TLS']],
    [
      { KAFKA_PASSWORD: 'a secret', KAFKA_TLS_KEY_PATH: '/key' },
      ['KAFKA_SASL_MECHANISM', 'KAFKA_USERNAME', 'KAFKA_TLS_CERTIFICATE_PATH', 'KAFKA_TLS'],
    ],
  ])('refuses halves of what belongs together, all at once and by name: %j', (environment, names) => {
    let fault: unknown
    try {
      read(environment)
    } catch (error) {
      fault = error
    }
    expect(fault).toBeInstanceOf(ConfigFault)
    expect((fault as ConfigFault).faults.map(({ name }) => name)).toEqual(names)
    expect((fault as ConfigFault).message).not.toContain('a secret')
  })
})
