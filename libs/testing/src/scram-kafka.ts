import type { KafkaUser } from './kafka-java.js'
import { startTlsBroker, type TlsBroker } from './kafka-tls.js'

const MODULE = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'

/** A broker that lets in who knows a password. Null where Java 17, Maven or openssl is missing: tests that need it are skipped, loudly. */
export async function startScramKafka(users: readonly [KafkaUser, ...KafkaUser[]]): Promise<TlsBroker | null> {
  const mechanisms = [...new Set(users.map(({ mechanism }) => mechanism))]
  const security = {
    protocol: 'SASL_SSL',
    'sasl.enabled.mechanisms': mechanisms.map((mechanism) => mechanism.toUpperCase()).join(),
    // It speaks to nobody else, and asks for one that it may use.
    'sasl.mechanism.inter.broker.protocol': users[0].mechanism.toUpperCase(),
    ...Object.fromEntries(
      mechanisms.map((mechanism) => [`listener.name.clients.${mechanism}.sasl.jaas.config`, MODULE]),
    ),
  }
  return await startTlsBroker(security, users)
}
