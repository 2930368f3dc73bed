import type { OutgoingMessage } from '../carrier.port.js'
import { MessageTooLargeError, UnknownTopicError } from '../faults.js'
import { partitionOf } from './partitioner.js'
import { tracedHeaders } from './tracing.js'

/** Key, value and headers together. */
export const MOST_MESSAGE_BYTES = 1024 * 1024

/** A message as it is sent: checked, placed, traced. */
export interface PreparedMessage {
  topic: string
  partition: number
  key: Buffer
  value: Buffer
  headers: Readonly<Record<string, string>>
  /** Of key, value and headers. */
  bytes: number
}

/** Checks a whole call before any of it is sent. */
export function prepare(
  messages: readonly OutgoingMessage[],
  partitionsOf: (topic: string) => number | undefined,
): PreparedMessage[] {
  return messages.map((message) => {
    const partitions = partitionsOf(message.topic)
    if (partitions === undefined) throw new UnknownTopicError(message.topic)
    const key = Buffer.from(message.key)
    const headers = tracedHeaders(message)
    let bytes = key.length + message.value.length
    for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '')
    if (bytes > MOST_MESSAGE_BYTES)
      throw new MessageTooLargeError(message.topic, message.key, bytes, MOST_MESSAGE_BYTES)
    return {
      topic: message.topic,
      partition: partitionOf(key, partitions),
      key,
      value: bufferOf(message.value),
      headers,
      bytes,
    }
  })
}

/** The same bytes, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
