// Where the process kills itself. The product has no hooks for it: statements are seen in `pg`, positions in `kafkajs`, everything else in
// what the product is handed.
import { writeSync } from 'node:fs'
import pg from 'pg'

let armed = null
let passes = 0

/** `plan` is { point, pass, delayMs }: dies when the point is passed for the pass-th time. */
export function arm(plan) {
  armed = plan
}

/** Dies here, if this is the point. */
export function at(point) {
  if (due(point)) die()
}

/** Dies a moment later, if this is the point: whatever was sent is somewhere on its way. */
export function soonAfter(point) {
  if (due(point)) setTimeout(die, armed.delayMs)
}

function due(point) {
  return armed !== null && armed.point === point && ++passes === armed.pass
}

function die() {
  writeSync(1, `killed at ${armed.point}\n`)
  process.kill(process.pid, 'SIGKILL')
}

/**
 * Points around a statement of connections with this application name. `isIt` gets the text and its values.
 * The bytes of a request are in the kernel when `query` returns, so they reach the server though we die there.
 */
export function watchStatement({ by, isIt, unsent, sent, answered }) {
  statements.push({ by, isIt, unsent, sent, answered })
}

const statements = []
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (statement, values, callback) {
  const text = typeof statement === 'string' ? statement : statement.text
  const given = Array.isArray(values) ? values : (statement.values ?? [])
  const { application_name: by } = this.connectionParameters
  const watched = statements.find((one) => one.by === by && one.isIt(text, given))
  if (watched === undefined) return query.call(this, statement, values, callback)
  at(watched.unsent)
  const result = query.call(this, statement, values, callback)
  at(watched.sent)
  return result.then((answer) => {
    at(watched.answered)
    return answer
  })
}

/** Points around a group's positions, where its carrier keeps them: in PostgreSQL, or in Kafka. */
export async function watchPositions(kind, { group, unsent, sent, answered }) {
  if (kind === 'in-process') {
    const isIt = (text, values) => /INSERT INTO group_position .*unnest/s.test(text) && values[0].includes(group)
    return watchStatement({ by: 'reprieve-log', isIt, unsent, sent, answered })
  }
  const { default: kafkajs } = await import('kafkajs')
  const make = kafkajs.Kafka.prototype.consumer
  kafkajs.Kafka.prototype.consumer = function (options) {
    const consumer = make.call(this, options)
    if (options.groupId !== group) return consumer
    const run = consumer.run.bind(consumer)
    consumer.run = ({ eachBatch, ...config }) =>
      run({
        ...config,
        eachBatch: (payload) =>
          eachBatch({
            ...payload,
            commitOffsetsIfNecessary: async (offsets) => {
              at(unsent)
              const committed = payload.commitOffsetsIfNecessary(offsets)
              soonAfter(sent)
              await committed
              at(answered)
            },
          }),
      })
    return consumer
  }
}
