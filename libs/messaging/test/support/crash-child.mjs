// A process that carries events and is killed at a certain step. Runs the built package: node crash-child.mjs '<json>'
import { appendFileSync, readFileSync } from 'node:fs'
import { InProcessCarrier, KafkaCarrier } from '../../dist/index.js'

const { kind, store, topic, group, publish, killAt, notes, until } = JSON.parse(process.argv[2])
const note = (line) => appendFileSync(notes, `${line}\n`)
const die = () => process.kill(process.pid, 'SIGKILL')

const carrier =
  kind === 'kafka'
    ? new KafkaCarrier({
        brokers: store.brokers.split(','),
        clientId: 'child',
        sessionTimeoutMs: Number(store.sessionTimeoutMs),
      })
    : await InProcessCarrier.open({ url: store.url })
await carrier.ensureTopics([{ name: topic, partitions: 2, retentionMs: 3_600_000 }])

// `publish` is { from, to }: numbers, dealt to three keys, a few at a time.
for (let n = publish.from; n < publish.to; n += 4) {
  const numbers = Array.from({ length: Math.min(4, publish.to - n) }, (_, index) => n + index)
  if (killAt === 'before publish' && n > publish.from) die()
  await carrier.publish(
    numbers.map((number) => ({ topic, key: `key-${number % 3}`, value: Buffer.from(String(number)) })),
  )
  if (killAt === 'after publish' && n > publish.from) die()
  for (const number of numbers) note(`published ${number}`)
}

let handled = 0
let ending = false
const subscription = await carrier.subscribe({
  group,
  topics: [topic],
  handler: 'child',
  maxBatch: 2,
  handle: async (batch) => {
    if (ending) await new Promise(() => {})
    handled += batch.length
    if (killAt === 'before handling' && handled > 8) die()
    for (const { key, value } of batch) note(`handled ${key} ${Buffer.from(value)}`)
    if (killAt === 'before commit' && handled > 8) die()
    if (killAt === 'after commit' && handled > 8 && !ending) {
      ending = true
      setTimeout(die, 700)
    }
  },
})
// Ends once every number below `until` was handled, by this process or by one before it.
const done = () => {
  const text = readFileSync(notes, 'utf8')
  return Array.from({ length: until }, (_, n) => n).every((n) => new RegExp(`^handled key-\\d ${n}$`, 'm').test(text))
}
while (!done()) await new Promise((resolve) => setTimeout(resolve, 50))
await subscription.stop()
await carrier.close()
process.exit(0)
