import { fromBinary } from '@bufbuild/protobuf'
import { redrives, type TopicName } from '@reprieve/contracts'
import { DEAD_LETTER_HEADERS, type Delivery, REDRIVE_HEADERS } from '@reprieve/messaging'
import { causeOf, type Failure } from '../../domain/dead-letter.js'

const ADDED: ReadonlySet<string> = new Set([...Object.values(DEAD_LETTER_HEADERS), ...Object.values(REDRIVE_HEADERS)])
const REDRIVES = 'redrives.v1' satisfies TopicName
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** What a record of a dead letter topic tells; null for one that is not of our making. */
export function failureOf(delivery: Delivery): Failure | null {
  const { headers } = delivery
  const topic = headers[DEAD_LETTER_HEADERS.topic]
  const consumer = headers[DEAD_LETTER_HEADERS.group]
  const partition = whole(headers[DEAD_LETTER_HEADERS.partition])
  const offset = whole(headers[DEAD_LETTER_HEADERS.offset])
  if (!topic || !consumer || partition === null || offset === null) return null
  return {
    dlqTopic: delivery.topic,
    dlqOffset: delivery.offset,
    topic,
    partition,
    offset: BigInt(offset),
    publishedAt: timeOf(headers[DEAD_LETTER_HEADERS.publishedAt]) ?? new Date(0),
    consumer,
    key: Buffer.from(delivery.key),
    value: delivery.value,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ADDED.has(name))),
    traceId: headers[DEAD_LETTER_HEADERS.traceId] || null,
    cause: causeOf(headers[DEAD_LETTER_HEADERS.reason] ?? ''),
    attempts: whole(headers[DEAD_LETTER_HEADERS.attempts]) ?? 1,
    failedAt: timeOf(headers[DEAD_LETTER_HEADERS.failedAt]) ?? delivery.publishedAt,
    redriven: topic === REDRIVES ? redriveIn(delivery) : redriveNamed(headers),
  }
}

/** A consumer that failed once more on what it was handed by itself. */
function redriveIn({ value }: Delivery): Failure['redriven'] {
  try {
    const { deadLetterId, redrive } = fromBinary(redrives.RedriveEventSchema, value)
    return UUID.test(deadLetterId) ? { id: deadLetterId, redrive } : null
  } catch {
    // Something else on that topic: a dead letter of its own.
    return null
  }
}

/** A record that was put back on its topic. */
function redriveNamed(headers: Delivery['headers']): Failure['redriven'] {
  const id = headers[REDRIVE_HEADERS.of]
  const redrive = whole(headers[REDRIVE_HEADERS.number])
  return id !== undefined && UUID.test(id) && redrive !== null ? { id, redrive } : null
}

function whole(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
}

function timeOf(text: string | undefined): Date | null {
  const at = new Date(text ?? '')
  return Number.isNaN(at.getTime()) ? null : at
}
