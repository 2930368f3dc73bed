import { readFile, writeFile } from 'node:fs/promises'
import { freePort } from '@reprieve/embedded-postgres'
import type { KafkaConfig } from 'kafkajs'
import { type Authority, type Certificate, makeAuthority } from './authority.js'
import { answers } from './kafka-broker.js'
import { javaBroker, type KafkaUser } from './kafka-java.js'

/** A broker that is spoken to by TLS. */
export interface TlsBroker {
  brokers: string[]
  /** Vouches for the broker's certificate. */
  authority: Authority
  /** As somebody whom it knows: by the broker's own certificate and, where there are users, the first one's password. */
  known: Pick<KafkaConfig, 'ssl' | 'sasl'>
  close(): Promise<void>
}

/**
 * Null where Java 17, Maven or openssl is missing: tests that need it are skipped, loudly.
 * @param security what is set of the listener for clients besides TLS itself
 * @param users whose passwords it knows
 */
export async function startTlsBroker(
  security: Readonly<Record<string, string>>,
  users: readonly KafkaUser[] = [],
): Promise<TlsBroker | null> {
  const authority = await makeAuthority()
  if (authority === null) return null
  const port = await freePort()
  const own = await authority.issue('broker')
  const settings = { ...security, ...(await tlsSettings(authority, own)) }
  const broker = await javaBroker(port, await freePort(), settings, users)
  if (broker === null) {
    await authority.remove()
    process.stderr.write('\nSKIPPED: no Kafka that is spoken to by TLS. Have Java 17 and Maven at hand.\n\n')
    return null
  }
  const close = async () => {
    await broker.kill()
    await broker.remove()
    await authority.remove()
  }
  const brokers = [`127.0.0.1:${port}`]
  try {
    const [ca, cert, key] = await Promise.all(
      [authority.file, own.certificate, own.key].map((path) => readFile(path, 'utf8')),
    )
    const [sasl] = users
    const known = { ssl: { ca, cert, key }, ...(sasl && { sasl }) }
    await broker.start()
    await answers(brokers, known)
    return { brokers, authority, known, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function tlsSettings(authority: Authority, { certificate, key }: Certificate): Promise<Record<string, string>> {
  const both = certificate.replace(/\.pem$/, '.both.pem')
  await writeFile(both, `${await readFile(key, 'utf8')}${await readFile(certificate, 'utf8')}`)
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': both,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': authority.file,
  }
}
