// How fast the relay empties an outbox: events written beforehand, published through the in-process carrier, deleted.
import { Database } from '@reprieve/database'
import { InProcessCarrier, messagingMigrations } from '@reprieve/messaging'
import { Outbox, OutboxRelay, outboxMigrations } from '@reprieve/outbox'
import { median, withCluster } from './lib/cluster.mjs'

const EVENTS = 20_000
const ROUNDS = 3

export async function run() {
  return withCluster(async ({ database }) => {
    const url = await database('outbox', outboxMigrations)
    const carrier = await InProcessCarrier.open({ url: await database('messages', messagingMigrations) })
    await carrier.ensureTopics([{ name: 'rules.v1', partitions: 1, retentionMs: 'compacted' }])
    const db = new Database({ url, applicationName: 'bench' })
    const outbox = new Outbox()
    const rates = []
    for (let round = 0; round < ROUNDS; round++) {
      for (let start = 0; start < EVENTS; start += 1_000) {
        await db.transaction((tx) =>
          outbox.append(
            tx,
            ...Array.from({ length: 1_000 }, (_, index) => ({
              topic: 'rules.v1',
              subjectId: `rule-${(start + index) % 500}`,
              version: round * EVENTS + start + index + 1,
              actor: null,
              at: new Date(),
              body: { rule: { id: `rule-${index}`, role: 'developer', version: 1, instructions: 'x'.repeat(300) } },
            })),
          ),
        )
      }
      const relay = new OutboxRelay({ url, publisher: carrier, outbox })
      const started = performance.now()
      relay.start()
      while (relay.status().published < EVENTS) await new Promise((resolve) => setTimeout(resolve, 2))
      rates.push(EVENTS / ((performance.now() - started) / 1_000))
      await relay.stop()
      const left = await db.pool.query('SELECT count(*)::int AS n FROM outbox')
      if (left.rows[0].n !== 0) throw new Error(`${left.rows[0].n} events are left in the outbox`)
    }
    await db.close()
    await carrier.close()
    const value = median(rates)
    return [
      {
        id: 'outbox relay',
        value,
        unit: 'events/s',
        goal: '≥ 5 000',
        holds: value >= 5_000,
        detail: `400-byte events, in-process carrier, durable; rounds ${rates.map((r) => Math.round(r)).join(', ')}`,
      },
    ]
  })
}
