// A service in small, on the built packages: makes changes, relays their events, consumes them. It kills itself where it is told to.
// node child.mjs '<Orders of pipeline.ts as JSON>'

import { setTimeout as sleep } from 'node:timers/promises'
import { Database } from '@reprieve/database'
import { Outbox, OutboxRelay } from '@reprieve/outbox'
import { isSurroundingsFault } from '../../../libs/messaging/dist/faults.js'
import { makeChanges } from './changes.mjs'
import { effects, ledger, model } from './consumers.mjs'
import { arm, at, soonAfter, watchPositions, watchStatement } from './crash-points.mjs'

const orders = JSON.parse(process.argv[2])
arm(orders.kill)
const stop = new Promise((resolve) => process.once('SIGTERM', resolve))
const go = new Promise((resolve) => process.once('SIGUSR2', resolve))

const { topic, group } = orders
await watchPositions(orders.store.kind, {
  group: `${group}.effects`,
  unsent: 'effect: handled, position not kept',
  sent: 'effect: position sent',
  answered: 'effect: position kept',
})
const carrier = await openCarrier(orders.store)
await patiently(() => carrier.ensureTopics([{ name: topic, partitions: orders.partitions, retentionMs: 3_600_000 }]))

/** The carrier as the relay sees it: the topic has a name of this test's own, since other tests may share the broker. */
const publisher = {
  async publish(messages) {
    at('relay: events read, nothing published')
    const published = carrier.publish(messages.map((message) => ({ ...message, topic })))
    soonAfter('relay: records sent to the broker')
    await published
    at('relay: published, not deleted')
  },
}

watchStatement({
  by: 'reprieve-relay',
  isIt: (text) => text.startsWith('DELETE FROM outbox'),
  sent: 'relay: delete sent',
  answered: 'relay: deleted',
})

const open = (url, applicationName) => new Database({ url, applicationName, maxConnections: 5 })
const source = open(orders.source, 'source')
const targets = ['effects', 'model', 'ledger'].map((name) => open(orders.target, name))
const [effectsDatabase, modelDatabase, ledgerDatabase] = targets

const outbox = new Outbox()
const relay = new OutboxRelay({ url: orders.source, publisher, outbox })
const subscriptions = [
  effects(`${group}.effects`, topic, effectsDatabase),
  model(`${group}.model`, topic, modelDatabase),
  ledger(`${group}.ledger`, topic, ledgerDatabase),
]
await Promise.all(subscriptions.map((subscription) => patiently(() => carrier.subscribe(subscription))))
relay.start()
process.stdout.write('ready\n')
if (orders.waits) await go
await makeChanges({
  database: source,
  outbox,
  until: orders.changes,
  onMade: (n) => process.stdout.write(`made ${n}\n`),
})

await stop
await relay.stop()
await carrier.close()
await Promise.all([source, ...targets].map((database) => database.close()))
process.exit(0)

/** Loads its own file only: the package's index loads all of Nest, which takes longer than everything that is done here. */
async function openCarrier(store) {
  if (store.kind === 'kafka') {
    const { KafkaCarrier } = await import('../../../libs/messaging/dist/kafka/kafka.carrier.js')
    return new KafkaCarrier({ ...store, clientId: 'pipeline' })
  }
  const { InProcessCarrier } = await import('../../../libs/messaging/dist/in-process/in-process.carrier.js')
  return InProcessCarrier.open({ url: store.url })
}

/** As every service does at its start. */
async function patiently(work) {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isSurroundingsFault(error)) throw error
      await sleep(200)
    }
  }
}
