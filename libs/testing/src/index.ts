export { freePort } from '@reprieve/embedded-postgres'
export { type Authority, type Certificate, makeAuthority } from './authority.js'
export { dumpTables, type Leeway, type TableDump } from './dump-tables.js'
export { type KafkaBroker, startKafka } from './kafka-broker.js'
export { type KafkaUser, kafkaJars } from './kafka-java.js'
export { type Heard, Listener } from './listener.js'
export { createDatabase, type TestDatabase } from './postgres.js'
export { type S3TestServer, startS3Server } from './s3-server.js'
export { startScramKafka } from './scram-kafka.js'
export { type KafkaAccess, type SecuredKafka, startSecuredKafka } from './secured-kafka.js'
export {
  ServiceUnderTest,
  type TestAnswer,
  type TestEvent,
  type TestEventOf,
  type TestPerson,
  type TestPersonOptions,
} from './service-under-test.js'
export { type KafkaProvision, provideKafka, sharedKafka } from './shared-kafka.js'
export { type CapturedMail, parseMail, type Refusal, type SmtpTestServer, startSmtpServer } from './smtp-server.js'
