import kafkajs from 'kafkajs'
import type { Certificate } from './authority.js'
import { startTlsBroker } from './kafka-tls.js'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel, ResourcePatternTypes } = kafkajs

/** One thing that a user may do. */
export interface KafkaAccess {
  type: 'topic' | 'group'
  name: string
  patternType: 'literal' | 'prefix'
  operation: 'Read' | 'Write' | 'Describe'
}

/** A broker that lets nobody in without a certificate, and nobody do what is not allowed to them. */
export interface SecuredKafka {
  brokers: string[]
  /** File with the authority of the broker's certificate. */
  authority: string
  /** A certificate for a user of that name. */
  issue(name: string): Promise<Certificate>
  allow(name: string, access: readonly KafkaAccess[]): Promise<void>
  /** As somebody who may do everything. */
  createTopics(topics: ReadonlyArray<{ topic: string; numPartitions: number }>): Promise<void>
  close(): Promise<void>
}

const TYPES = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP }
const PATTERNS = { literal: ResourcePatternTypes.LITERAL, prefix: ResourcePatternTypes.PREFIXED }
const OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Describe: AclOperationTypes.DESCRIBE,
}

const SECURITY = {
  protocol: 'SSL',
  'ssl.client.auth': 'required',
  // Users are who their certificates say, as Strimzi has it.
  'ssl.principal.mapping.rules': 'RULE:^CN=([^,]*).*$/$1/',
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  // The second: the controller's own listener.
  'super.users': 'User:broker;User:ANONYMOUS',
}

/** Null where Java 17, Maven or openssl is missing: tests that need it are skipped, loudly. */
export async function startSecuredKafka(): Promise<SecuredKafka | null> {
  const broker = await startTlsBroker(SECURITY)
  if (broker === null) return null
  const { brokers, authority, known, close } = broker
  const admin = new Kafka({ brokers, ...known, logLevel: logLevel.NOTHING }).admin()
  try {
    await admin.connect()
  } catch (error) {
    await close()
    throw error
  }
  return {
    brokers,
    authority: authority.file,
    issue: (name) => authority.issue(name),
    async allow(user, access) {
      const acl = access.map(({ type, name, patternType, operation }) => ({
        resourceType: TYPES[type],
        resourceName: name,
        resourcePatternType: PATTERNS[patternType],
        principal: `User:${user}`,
        host: '*',
        operation: OPERATIONS[operation],
        permissionType: AclPermissionTypes.ALLOW,
      }))
      await admin.createAcls({ acl })
    },
    async createTopics(topics) {
      await admin.createTopics({ waitForLeaders: true, topics: [...topics] })
    },
    async close() {
      await admin.disconnect()
      await close()
    },
  }
}
