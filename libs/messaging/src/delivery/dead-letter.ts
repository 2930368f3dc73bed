import type { Delivery, Subscription } from '../carrier.port.js'
import { traceIdOf } from './tracing.js'

/** Headers that tell why a record is in `<topic>.dlq`, beside its own. */
export const DEAD_LETTER_HEADERS = {
  topic: 'dlq-topic',
  partition: 'dlq-partition',
  offset: 'dlq-offset',
  group: 'dlq-group',
  handler: 'dlq-handler',
  reason: 'dlq-reason',
  traceId: 'dlq-trace-id',
  attempts: 'dlq-attempts',
  failedAt: 'dlq-failed-at',
  /** When the record itself was published: an offset alone says nothing once a topic was made anew. */
  publishedAt: 'dlq-published-at',
} as const

/** Headers of a record that was put back on its own topic: of which dead letter, and the how manieth time. */
export const REDRIVE_HEADERS = { of: 'redrive-of', number: 'redrive-number' } as const

/** Kept for 30 days: long enough that a person can look into them and redrive them. */
export const DEAD_LETTER_RETENTION_MS = 30 * 86_400_000
export const DEAD_LETTER_SUFFIX = '.dlq'

const LONGEST_REASON = 1_000

export interface DeadLetterCause {
  reason: string
  /** Calls of the handler that included the record. */
  attempts: number
  failedAt: Date
}

/** @returns the headers to add to the record's own */
export function deadLetterHeaders(
  delivery: Delivery,
  { group, handler }: Pick<Subscription, 'group' | 'handler'>,
  { reason, attempts, failedAt }: DeadLetterCause,
): Record<string, string> {
  return {
    [DEAD_LETTER_HEADERS.topic]: delivery.topic,
    [DEAD_LETTER_HEADERS.partition]: String(delivery.partition),
    [DEAD_LETTER_HEADERS.offset]: String(delivery.offset),
    [DEAD_LETTER_HEADERS.group]: group,
    [DEAD_LETTER_HEADERS.handler]: handler,
    [DEAD_LETTER_HEADERS.reason]: reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 1)}…` : reason,
    [DEAD_LETTER_HEADERS.traceId]: traceIdOf(delivery.headers) ?? '',
    [DEAD_LETTER_HEADERS.attempts]: String(attempts),
    [DEAD_LETTER_HEADERS.failedAt]: failedAt.toISOString(),
    [DEAD_LETTER_HEADERS.publishedAt]: delivery.publishedAt.toISOString(),
  }
}
