import { fromBinary } from '@bufbuild/protobuf'
import { TOPICS, type TopicName } from '@reprieve/contracts'
import type { Delivery } from '@reprieve/messaging'

/** The event in a record's bytes. @throws if they are not one: the record can never be handled */
export function decodeEvent(topic: string, { value }: Delivery): unknown {
  const contract = TOPICS[topic as TopicName]
  if (contract === undefined) throw new Error(`no contract says what is on ${topic}`)
  return fromBinary(contract.message, value)
}
