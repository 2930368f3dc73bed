// The source: changes rules, each change in one transaction with its event.
import { setTimeout as sleep } from 'node:timers/promises'
import { at, watchStatement } from './crash-points.mjs'

const RULES = 8
const WRITERS = 3
const PACE_MS = 12

watchStatement({
  by: 'source',
  isIt: (text) => text === 'commit',
  sent: 'change: commit sent',
  answered: 'change: committed, its author not told',
})

/** Makes every change up to `until` that has not been made yet, several at a time. */
export async function makeChanges({ database, outbox, until, onMade }) {
  const { rows } = await database.pool.query(
    'SELECT n FROM generate_series(1, $1) AS n EXCEPT SELECT n FROM change ORDER BY n',
    [until],
  )
  const numbers = rows.map(({ n }) => n)
  const writer = async () => {
    for (let n = numbers.shift(); n !== undefined; n = numbers.shift()) {
      await database.transaction((tx) => change(tx, outbox, n))
      onMade(n)
      await sleep(PACE_MS)
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
}

async function change(tx, outbox, n) {
  const id = `rule-${(n * 7) % RULES}`
  const { version } = await tx
    .insertInto('rule')
    .values({ id, version: 1, says: n })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((e) => ({ version: e('rule.version', '+', 1), says: n })),
    )
    .returning('version')
    .executeTakeFirstOrThrow()
  await tx.insertInto('change').values({ n, rule_id: id, version }).execute()
  at('change: made, its event not written')
  await outbox.append(tx, {
    topic: 'rules.v1',
    subjectId: id,
    version,
    actor: null,
    at: new Date(),
    body: { rule: { id, role: 'developer', version, instructions: String(n) } },
  })
  at('change: event written, not committed')
}
