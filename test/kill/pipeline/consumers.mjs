// The three ways to consume: act once by the inbox, keep the newest version, or keep the position with the data.
import { fromBinary } from '@bufbuild/protobuf'
import { rules } from '@reprieve/contracts'
import { firstTime } from '@reprieve/outbox'
import { sql } from 'kysely'
import { PositionConflictError } from '../../../libs/messaging/dist/faults.js'
import { at, watchStatement } from './crash-points.mjs'

const decode = (delivery) => {
  const { meta, rule } = fromBinary(rules.RuleEventSchema, delivery.value)
  return { eventId: meta.eventId, rule, version: meta.version }
}
const isCommit = (text) => text === 'commit'

/** Acts on each event in the transaction that notes it in the inbox. */
export function effects(group, topic, database) {
  watchStatement({
    by: 'effects',
    isIt: isCommit,
    sent: 'effect: commit sent',
    answered: 'effect: committed, handler not returned',
  })
  return {
    group,
    topics: [topic],
    handler: 'effects',
    maxBatch: 1,
    handle: async ([delivery]) => {
      const { eventId, rule } = decode(delivery)
      await database.db.insertInto('delivered').values({ event_id: eventId }).execute()
      at('effect: record delivered')
      await database.transaction(async (tx) => {
        if (!(await firstTime(tx, 'effects', eventId))) return
        at('effect: noted in the inbox, not acted')
        await tx
          .insertInto('effect')
          .values({ event_id: eventId, rule_id: rule.id, version: rule.version, says: Number(rule.instructions) })
          .execute()
        at('effect: acted, not committed')
      })
    },
  }
}

/** A read model: each event carries the whole rule, an older one changes nothing. */
export function model(group, topic, database) {
  watchStatement({
    by: 'model',
    isIt: isCommit,
    sent: 'model: commit sent',
    answered: 'model: committed, handler not returned',
  })
  return {
    group,
    topics: [topic],
    handler: 'model',
    maxBatch: 1,
    handle: async ([delivery]) => {
      at('model: record delivered')
      const { rule, version } = decode(delivery)
      await database.transaction((tx) =>
        sql`
          INSERT INTO rule_copy AS held (id, incarnation, version, says)
          VALUES (${rule.id}, ${version.incarnation}, ${version.n}, ${Number(rule.instructions)})
          ON CONFLICT (id) DO UPDATE SET incarnation = excluded.incarnation, version = excluded.version, says = excluded.says
          WHERE (held.incarnation, held.version) < (excluded.incarnation, excluded.version)`.execute(tx),
      )
    },
  }
}

/** Books every record, and how far it has read in the same transaction. */
export function ledger(group, topic, database) {
  watchStatement({
    by: 'ledger',
    isIt: isCommit,
    sent: 'ledger: commit sent',
    answered: 'ledger: committed, handler not returned',
  })
  return {
    group,
    topics: [topic],
    handler: 'ledger',
    maxBatch: 4,
    positions: positionsIn(database),
    handle: async (batch, { from, next }) => {
      at('ledger: batch delivered')
      await database.transaction(async (tx) => {
        await tx
          .insertInto('ledger')
          .values(
            batch.map((delivery) => ({
              partition: delivery.partition,
              record_offset: delivery.offset,
              event_id: decode(delivery).eventId,
            })),
          )
          .execute()
        at('ledger: rows written, position not moved')
        await move(tx, batch[0], { from, next })
        at('ledger: position moved, not committed')
      })
    },
  }
}

function positionsIn(database) {
  return {
    load: async (topic, partitions) => {
      const { rows } = await database.pool.query(
        'SELECT partition, next_offset FROM position WHERE topic = $1 AND partition = ANY($2::int[])',
        [topic, partitions],
      )
      return new Map(rows.map((row) => [row.partition, BigInt(row.next_offset)]))
    },
    save: (topic, partition, step) => database.transaction((tx) => move(tx, { topic, partition }, step)),
  }
}

async function move(tx, { topic, partition }, { from, next }) {
  await sql`INSERT INTO position VALUES (${topic}, ${partition}, 0) ON CONFLICT DO NOTHING`.execute(tx)
  const { numAffectedRows } = await sql`
    UPDATE position SET next_offset = ${next}
    WHERE topic = ${topic} AND partition = ${partition} AND next_offset = ${from}`.execute(tx)
  if (numAffectedRows !== 1n) throw new PositionConflictError(topic, partition, from)
}
