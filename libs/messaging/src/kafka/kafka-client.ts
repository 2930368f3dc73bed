import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs, { type Kafka, type RetryOptions } from 'kafkajs'
import type { MessagingLog } from '../log.port.js'
import { logTo } from './kafka-log.js'
import { connectionOf, type KafkaOptions } from './kafka-options.js'
import './quiet-queue.js'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

// KafkaJS has gzip only; topics of others may come in zstd.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
  compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer),
  decompress: (buffer: Buffer) => decompress(buffer),
})

/** About 3 s in all: whoever asked decides whether to ask again. */
export const BRIEF: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 }
/**
 * About a minute: a broker that is back by then finds the members of its groups as they were. One that is made anew has to wait until
 * the session of the old one ends.
 */
export const PATIENT: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 }

export function kafkaClient(options: KafkaOptions, log: MessagingLog, retry: RetryOptions): Kafka {
  return new kafkajs.Kafka({
    ...connectionOf(options),
    retry,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: logTo(log),
  })
}
