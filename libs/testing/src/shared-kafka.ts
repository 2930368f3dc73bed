import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type KafkaBroker, startKafka } from './kafka-broker.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where a test asks for the run's Kafka: see `sharedKafka`. */
    kafkaBrokers: string
  }
}

/** One broker for a whole run, started when the first test asks for it. */
export interface KafkaProvision {
  /** To be provided as `kafkaBrokers`. */
  address: string
  /** Stops the broker, if there is one. */
  stop(): Promise<void>
}

type Answer = { brokers: string[] | null } | { fault: string }

/** For vitest's global setup: `project.provide('kafkaBrokers', (await provideKafka()).address)`. */
export async function provideKafka(): Promise<KafkaProvision> {
  let broker: Promise<KafkaBroker | null> | null = null
  const address = join(tmpdir(), `reprieve-kafka-${randomUUID()}.sock`)
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    broker ??= startKafka()
    broker
      .then(
        (running): Answer => ({ brokers: running?.brokers ?? null }),
        (fault: Error): Answer => ({ fault: fault.message }),
      )
      .then((answer) => socket.end(JSON.stringify(answer)))
  })
  server.listen(address)
  await once(server, 'listening')
  // A run that ends otherwise must not wait for it.
  server.unref()
  return {
    address,
    async stop() {
      server.close()
      const running = await broker?.catch(() => null)
      await running?.close()
      await rm(address, { force: true })
    },
  }
}

/** Brokers of the run's Kafka, started now if no test has asked before; null where there is none (said loudly). */
export async function sharedKafka(): Promise<string[] | null> {
  const socket = connect(inject('kafkaBrokers'))
  let text = ''
  for await (const part of socket.setEncoding('utf8')) text += part
  const answer = JSON.parse(text) as Answer
  if ('fault' in answer) throw new Error(answer.fault)
  return answer.brokers
}
