// Runs scope as one of several processes that share the topic's partitions by Kafka. It stops (SIGSTOP) or kills (SIGKILL) itself where it is
// told to: at a statement of the transaction that takes a batch in, before it is sent or after it was answered.
//
// FAULT: `stop:position:after`, `kill:commit:before`, `kill:7:after` (the seventh statement of a batch), or `none`.
import 'reflect-metadata'
import { KafkaCarrier } from '@reprieve/messaging'
import { startService } from '@reprieve/service-host'
import { createLogger } from '@reprieve/telemetry'
import pg from 'pg'
import { scopeService } from '../dist/index.js'

const { DATABASE_URL, BROKERS, SESSION_TIMEOUT_MS, FAULT = 'none' } = process.env
const [how, where, when] = FAULT.split(':')
const POINTS = { position: 'INSERT INTO consumed', membership: 'INSERT INTO membership', commit: 'commit' }

let armed = false
let halted = false
const halt = (where) => {
  if (halted) return
  halted = true
  process.stdout.write(`halted ${where}\n`)
  process.kill(process.pid, how === 'kill' ? 'SIGKILL' : 'SIGSTOP')
}

// Statements of each connection since its transaction began to take a batch in.
const batches = new WeakMap()
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (...args) {
  const text = String(typeof args[0] === 'string' ? args[0] : args[0]?.text).trim()
  const isBegin = text.includes(POINTS.position)
  const count = isBegin ? 1 : (batches.get(this) ?? 0) + (batches.has(this) ? 1 : 0)
  if (isBegin || batches.has(this)) batches.set(this, count)
  if (text === 'commit' || text === 'rollback') batches.delete(this)
  const point = POINTS[where]
  const isHere = armed && !halted && count > 0 && (point === undefined ? count === Number(where) : text.includes(point))
  if (!isHere) return query.apply(this, args)
  if (when === 'before') {
    halt(text.slice(0, 60))
    return query.apply(this, args)
  }
  const callback = args.findLast((arg) => typeof arg === 'function')
  if (callback !== undefined) {
    args[args.indexOf(callback)] = (...answer) => {
      halt(text.slice(0, 60))
      callback(...answer)
    }
  }
  const result = query.apply(this, args)
  if (callback !== undefined) return result
  return result.then((answer) => {
    halt(text.slice(0, 60))
    return answer
  })
}

const carrier = new KafkaCarrier({
  brokers: BROKERS.split(','),
  clientId: `scope-${process.pid}`,
  sessionTimeoutMs: Number(SESSION_TIMEOUT_MS),
})
const service = await startService(scopeService, {
  databaseUrl: DATABASE_URL,
  carrier,
  logger: createLogger({ service: 'scope', level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
  environment: {},
})
armed = FAULT !== 'none'
process.stdout.write('ready\n')
process.once('SIGTERM', async () => {
  await service.close()
  await carrier.close()
  process.exit(0)
})
