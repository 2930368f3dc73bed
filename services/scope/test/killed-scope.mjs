// Runs scope as a process that a test can kill: at the statement given by KILL_AT, before it is sent or after it was answered, or not at
// all. Publishes the whole plan from its beginning each time, as scanners do that were not told whether their records arrived.
import 'reflect-metadata'
import { readFileSync } from 'node:fs'
import { InProcessCarrier } from '@reprieve/messaging'
import { startService } from '@reprieve/service-host'
import { createLogger } from '@reprieve/telemetry'
import pg from 'pg'
import { scopeService } from '../dist/index.js'

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const { DATABASE_URL, MESSAGES_URL, KILL_AT } = process.env
const [killAt, when] = (KILL_AT ?? 'never').split(':')

let statements = 0
let armed = false
const die = () => process.kill(process.pid, 'SIGKILL')
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (...args) {
  if (!armed) return query.apply(this, args)
  statements += 1
  if (String(statements) !== killAt) return query.apply(this, args)
  if (when === 'before') die()
  const callback = args.findLast((arg) => typeof arg === 'function')
  if (callback !== undefined) args[args.indexOf(callback)] = die
  const result = query.apply(this, args)
  result?.then?.(die, die)
  return result
}

const carrier = await InProcessCarrier.open({ url: MESSAGES_URL })
const service = await startService(scopeService, {
  databaseUrl: DATABASE_URL,
  carrier,
  logger: createLogger({ service: 'scope', level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
  environment: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('FEED_'))),
})
armed = true
for (const { topic, key, value, headers } of plan.messages) {
  await carrier.publish([{ topic, key, value: Buffer.from(value, 'base64'), headers }])
}
process.stdout.write('published\n')
process.stdin.once('data', async () => {
  armed = false
  process.stdout.write(`statements ${statements}\n`)
  await service.close()
  await carrier.close()
  process.exit(0)
})
