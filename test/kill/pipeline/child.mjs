// A service in small, on the built packages: makes changes, relays their events, consumes them. It kills itself where it is told to.
// node child.mjs '<Orders of pipeline.ts as JSON>'
import { Database } from '@reprieve/database'
import { InProcessCarrier, KafkaCarrier } from '@reprieve/messaging'
import { Outbox, OutboxRelay } from '@reprieve/outbox'
import { makeChanges } from './changes.mjs'
import { effects, ledger, model } from './consumers.mjs'
import { arm, at, soonAfter, watchStatement } from './crash-points.mjs'

const orders = JSON.parse(process.argv[2])
arm(orders.kill)
const stop = new Promise((resolve) => process.once('SIGTERM', resolve))

const { topic, group } = orders
const carrier =
  orders.store.kind === 'kafka'
    ? new KafkaCarrier({ ...orders.store, clientId: 'pipeline' })
    : await InProcessCarrier.open({ url: orders.store.url })
await carrier.ensureTopics([{ name: topic, partitions: orders.partitions, retentionMs: 3_600_000 }])

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
await Promise.all(subscriptions.map((subscription) => carrier.subscribe(subscription)))
relay.start()
process.stdout.write('ready\n')
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
