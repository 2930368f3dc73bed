export const DEAD_LETTER_STATES = ['dead', 'redriven', 'discarded'] as const
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number]

export const CAUSE_CODES = ['RECORD_UNREADABLE', 'RECORD_REFUSED', 'CONSUMER_FAILED'] as const
export type CauseCode = (typeof CAUSE_CODES)[number]

export interface Cause {
  code: CauseCode
  /** For people. */
  message: string
}

/** One time that a record went to the dead letters. */
export interface Failure {
  /** Where it is on the dead letter topic: there once, delivered perhaps more often. */
  dlqTopic: string
  dlqOffset: bigint
  /** The record, as its consumer was handed it. */
  topic: string
  partition: number
  offset: bigint
  publishedAt: Date
  consumer: string
  key: Uint8Array
  value: Uint8Array
  headers: Readonly<Record<string, string>>
  traceId: string | null
  cause: Cause
  /** Calls of the consumer that included the record. */
  attempts: number
  failedAt: Date
  /** The dead letter whose redrive this ended; null for a record that failed on its way. */
  redriven: { id: string; redrive: number } | null
}

export interface DeadLetter {
  id: string
  topic: string
  partition: number
  offset: number
  publishedAt: Date
  consumer: string
  service: string
  key: Uint8Array
  /** Of key and value. */
  bytes: number
  traceId: string | null
  state: DeadLetterState
  cause: Cause
  failedAt: Date
  firstFailedAt: Date
  failures: number
  attempts: number
  redrives: number
  settled: { at: Date; by: { id: string; name: string }; reason: string | null } | null
}

/** With what is read of one at a time only. */
export interface WholeDeadLetter extends DeadLetter {
  value: Uint8Array
  headers: Readonly<Record<string, string>>
  version: number
  /** Newest first, the last twenty. */
  history: ReadonlyArray<{
    failedAt: Date
    redrive: number
    cause: Cause
    attempts: number
  }>
}

// PostgreSQL's own are named `error`.
const NAMED_ERROR = /^(error|\w*(?:Error|Fault|Exception)): ([\s\S]*)$/

/** What a consumer's own words (`PoisonError: the record cannot be decoded: …`) come to. */
export function causeOf(reason: string): Cause {
  const [, name, text = ''] = NAMED_ERROR.exec(reason) ?? []
  // Consumers that refuse a record by themselves say why, and no more.
  if (name === undefined) return { code: 'RECORD_REFUSED', message: sentence(reason) }
  if (name !== 'PoisonError') {
    return {
      code: 'CONSUMER_FAILED',
      message: `The consumer failed with ${name === 'error' ? 'a database error' : name}: ${text}`,
    }
  }
  return {
    code: text.startsWith('the record cannot be decoded') ? 'RECORD_UNREADABLE' : 'RECORD_REFUSED',
    message: sentence(text),
  }
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return trimmed === '' ? 'No cause was given.' : `${trimmed[0]?.toUpperCase() ?? ''}${trimmed.slice(1)}`
}

/** `scope.exceptions.v1` and `scope-ingest` are scope's. */
export const serviceOf = (consumer: string): string => /^[a-z0-9]+/.exec(consumer)?.[0] ?? consumer
