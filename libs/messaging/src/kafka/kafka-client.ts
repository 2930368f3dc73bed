import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs, { type Kafka, type logCreator } from 'kafkajs'
import type { MessagingLog } from '../log.port.js'
import { connectionOf, type KafkaOptions } from './kafka-options.js'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

// KafkaJS has gzip only; topics of others may come in zstd.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer),
  decompress: (buffer: Buffer) => decompress(buffer),
})

export function kafkaClient(options: KafkaOptions, log: MessagingLog): Kafka {
  return new kafkajs.Kafka({
    ...connectionOf(options),
    logLevel: kafkajs.logLevel.WARN,
    logCreator: logTo(log),
  })
}

/** KafkaJS calls an error what it will try again, so all of it is a warning: what fails for good is thrown, and told by us. */
function logTo(log: MessagingLog): logCreator {
  return () =>
    ({ namespace, log: { message, error, broker, groupId } }) =>
      log.warn({ part: `kafkajs ${namespace}`, fault: error, broker, group: groupId }, message)
}
