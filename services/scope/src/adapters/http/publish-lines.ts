import { setImmediate as nextTurn } from 'node:timers/promises'
import { toBinary } from '@bufbuild/protobuf'
import { scanner } from '@reprieve/contracts'
import type { OutgoingMessage, Publisher } from '@reprieve/messaging'
import { acceptEvent } from '../../domain/ingest/accept-event.js'
import { instanceEventFromJson, UnreadableEvent } from '../messaging/decode-instance-event.js'
import { INSTANCES_TOPIC } from '../messaging/ingest.subscription.js'
import { linesOf } from './lines.js'

export interface PublishedLines {
  accepted: number
  rejected: number
  /** The first of them. */
  errors: { line: number; detail: string }[]
}

// What a message may have, less room for key and headers.
const MAX_LINE_BYTES = 1_000_000
const MAX_EVENT_BYTES = 1_000_000
const MOST_ERRORS = 100
const MESSAGES_AT_ONCE = 1_000
const BYTES_AT_ONCE = 4 * 1024 * 1024
const SLICE = 200

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Publishes each sound line as an event, under its asset's id. */
export async function publishLines(
  body: AsyncIterable<Buffer>,
  publisher: Publisher,
  now: Date,
): Promise<PublishedLines> {
  const result: PublishedLines = { accepted: 0, rejected: 0, errors: [] }
  let waiting: OutgoingMessage[] = []
  let bytes = 0
  const flush = async () => {
    if (waiting.length === 0) return
    await publisher.publish(waiting)
    result.accepted += waiting.length
    waiting = []
    bytes = 0
  }
  for await (const { number, bytes: line } of linesOf(body, MAX_LINE_BYTES)) {
    if (number % SLICE === 0) await nextTurn()
    const read = line === null ? `it is longer than ${MAX_LINE_BYTES} bytes` : messageOf(line, now)
    if (read === null) continue
    if (typeof read === 'string') {
      result.rejected += 1
      if (result.errors.length < MOST_ERRORS) result.errors.push({ line: number, detail: `Line ${number}: ${read}.` })
      continue
    }
    waiting.push(read)
    bytes += read.value.length
    if (waiting.length >= MESSAGES_AT_ONCE || bytes >= BYTES_AT_ONCE) await flush()
  }
  await flush()
  return result
}

/** A line as a message, why it cannot be one, or null for an empty one. */
function messageOf(line: Buffer, now: Date): OutgoingMessage | string | null {
  let text: string
  try {
    text = utf8.decode(line).trim()
  } catch {
    return 'it is not UTF-8'
  }
  if (text === '') return null
  try {
    const event = instanceEventFromJson(text, { ignoreUnknownFields: false })
    const record = acceptEvent(event, now)
    if (record.kind === 'refused') return record.reason
    // Reports are counted by those who read them; nobody else can add to one.
    if (event.event.case === 'observed' || event.event.case === 'scanCompleted') delete event.event.value.reportId
    const value = toBinary(scanner.InstanceEventSchema, event)
    if (value.length > MAX_EVENT_BYTES) return `as a message it would be longer than ${MAX_EVENT_BYTES} bytes`
    return { topic: INSTANCES_TOPIC, key: record.assetId, value }
  } catch (error) {
    if (error instanceof UnreadableEvent) return error.message
    throw error
  }
}
