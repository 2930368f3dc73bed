import { fromBinary } from '@bufbuild/protobuf'
import { redrives, type TopicName } from '@reprieve/contracts'
import type { Delivery, Redrive } from '@reprieve/messaging'

export const REDRIVES_TOPIC = 'redrives.v1' satisfies TopicName

/** The record that a redrive brings back, as it was when it failed. @throws if the bytes are no redrive */
export function readRedrive({ value }: Delivery): Redrive {
  const { group, topic, partition, offset, publishedAtMs, key, ...record } = fromBinary(
    redrives.RedriveEventSchema,
    value,
  )
  return {
    group,
    delivery: {
      topic,
      partition,
      offset,
      key: Buffer.from(key).toString(),
      value: record.value,
      headers: record.headers,
      publishedAt: new Date(Number(publishedAtMs)),
    },
  }
}
