import { type DescMessage, fromBinary, fromJson } from '@bufbuild/protobuf'
import { TOPICS, type TopicName } from '@reprieve/contracts'
import type { Delivery } from '@reprieve/messaging'

const JSON_CONTENT = 'application/json'
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The event in a record: protobuf, or proto-JSON where the header `content-type` says so, as other systems may publish it.
 * @throws if it is not one: the record can never be handled
 */
export function decodeEvent(topic: string, { value, headers }: Pick<Delivery, 'value' | 'headers'>): unknown {
  const contract = TOPICS[topic as TopicName]
  if (contract === undefined) throw new Error(`no contract says what is on ${topic}`)
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  return type === JSON_CONTENT ? fromText(contract.message, value) : fromBinary(contract.message, value)
}

// What a newer publisher says beyond what is known here is left out, as it is of protobuf.
const fromText = (message: DescMessage, value: Uint8Array) =>
  fromJson(message, JSON.parse(utf8.decode(value)) as Parameters<typeof fromJson>[1], { ignoreUnknownFields: true })
