export type * from './carrier.port.js'
export { type Backoff, DEFAULT_RETRY, type RetryPolicy } from './delivery/backoff.js'
export {
  DEAD_LETTER_HEADERS,
  DEAD_LETTER_RETENTION_MS,
  DEAD_LETTER_SUFFIX,
  REDRIVE_HEADERS,
} from './delivery/dead-letter.js'
export { MOST_MESSAGE_BYTES } from './delivery/outgoing.js'
export { keysOfPartitions, partitionOf } from './delivery/partitioner.js'
export { traceIdOf } from './delivery/tracing.js'
export * from './faults.js'
export { InProcessCarrier, type InProcessOptions, messagingMigrations } from './in-process/in-process.carrier.js'
export { KafkaCarrier } from './kafka/kafka.carrier.js'
export { type KafkaOptions, kafkaOptions, kafkaVariables } from './kafka/kafka-options.js'
export { type MessagingLog, silentLog } from './log.port.js'
export { type ConsumerOptions, ConsumerOptionsError } from './nest/consumer-options.js'
export { Consumes } from './nest/consumes.decorator.js'
export {
  MessagingServer,
  type MessagingServerOptions,
  type Redrive,
  type RedriveOptions,
} from './nest/messaging.server.js'
export { MessagingContext } from './nest/messaging-context.js'
export { readWhole, type WholeTopic } from './read-whole.js'
