import { isDatabaseAway } from '@reprieve/database'

/** The record itself can never be handled: it goes to the dead letters without being tried again. */
export class PoisonError extends Error {
  override readonly name = 'PoisonError'
}

/** Something around the record is away: the partition waits and the same records are handed over again, as long as it takes. */
export class SurroundingsFault extends Error {
  override readonly name = 'SurroundingsFault'
}

/** A position store does not hold what the batch began from: another member has taken the partition over. */
export class PositionConflictError extends Error {
  override readonly name = 'PositionConflictError'

  constructor(topic: string, partition: number, from: bigint) {
    super(`the stored position of ${topic}/${partition} is not ${from} any more: another member has moved it`)
  }
}

/** Larger than 1 MiB with key and headers. Nothing of the call was published. */
export class MessageTooLargeError extends Error {
  override readonly name = 'MessageTooLargeError'

  constructor(
    readonly topic: string,
    readonly key: string,
    readonly bytes: number,
    readonly mostBytes: number,
  ) {
    super(`a message for ${topic} has ${bytes} bytes with its key and headers; at most ${mostBytes} are carried`)
  }
}

/** The topic was never declared. Nothing of the call was published. */
export class UnknownTopicError extends Error {
  override readonly name = 'UnknownTopicError'

  constructor(readonly topic: string) {
    super(`topic ${topic} is not there: it must be declared to ensureTopics first`)
  }
}

/** A topic is there, but not as it is declared. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError'
}

/** Another process uses the in-process carrier's log. */
export class LogInUseError extends Error {
  override readonly name = 'LogInUseError'
}

// KafkaJS' errors by name, so that the in-process carrier need not load it. Those that its protocol calls retriable count, too.
const KAFKA_AWAY = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSStaleTopicMetadataAssignment',
  'KafkaJSSASLAuthenticationError',
])
const DEEPEST_CAUSE = 8

/**
 * True where an error tells of the surroundings rather than of the record: PostgreSQL or Kafka away, or a `SurroundingsFault`,
 * itself or as the cause of what was thrown.
 */
export function isSurroundingsFault(error: unknown): boolean {
  let fault: unknown = error
  for (let depth = 0; depth < DEEPEST_CAUSE && fault instanceof Error; depth++) {
    if (fault instanceof PoisonError) return false
    if (fault instanceof SurroundingsFault || isDatabaseAway(fault) || isKafkaAway(fault)) return true
    fault = fault.cause
  }
  return false
}

function isKafkaAway(error: Error): boolean {
  if (!error.name.startsWith('KafkaJS')) return false
  return KAFKA_AWAY.has(error.name) || (error as { retriable?: boolean }).retriable === true
}
