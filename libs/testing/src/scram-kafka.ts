import { readFile } from 'node:fs/promises'
import { freePort } from '@reprieve/embedded-postgres'
import { makeAuthority } from './authority.js'
import { answers } from './kafka-broker.js'
import { javaBroker, type KafkaUser } from './kafka-java.js'
import { tlsSettings } from './kafka-tls.js'

/** A broker that is spoken to by TLS, and lets in who knows a password. */
export interface ScramKafka {
  brokers: string[]
  /** File with the authority of the broker's certificate. */
  authority: string
  close(): Promise<void>
}

const MODULE = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'

/** Null where Java 17, Maven or openssl is missing: tests that need it are skipped, loudly. */
export async function startScramKafka(users: readonly [KafkaUser, ...KafkaUser[]]): Promise<ScramKafka | null> {
  const authority = await makeAuthority()
  if (authority === null) return null
  const port = await freePort()
  const mechanisms = [...new Set(users.map(({ mechanism }) => mechanism))]
  const security = {
    protocol: 'SASL_SSL',
    ...(await tlsSettings(authority, await authority.issue('broker'))),
    'sasl.enabled.mechanisms': mechanisms.map((mechanism) => mechanism.toUpperCase()).join(),
    // It speaks to nobody else, and asks for one that it may use.
    'sasl.mechanism.inter.broker.protocol': users[0].mechanism.toUpperCase(),
    ...Object.fromEntries(
      mechanisms.map((mechanism) => [`listener.name.clients.${mechanism}.sasl.jaas.config`, MODULE]),
    ),
  }
  const broker = await javaBroker(port, await freePort(), security, users)
  if (broker === null) {
    await authority.remove()
    process.stderr.write('\nSKIPPED: no Kafka with passwords. Have Java 17 and Maven at hand.\n\n')
    return null
  }
  const close = async () => {
    await broker.kill()
    await broker.remove()
    await authority.remove()
  }
  const brokers = [`127.0.0.1:${port}`]
  try {
    await broker.start()
    await answers(brokers, { ssl: { ca: await readFile(authority.file, 'utf8') }, sasl: users[0] })
  } catch (error) {
    await close()
    throw error
  }
  return { brokers, authority: authority.file, close }
}
