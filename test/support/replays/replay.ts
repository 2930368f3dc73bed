import type { Clock } from '@reprieve/clock'
import { type ServiceDefinition, startService } from '@reprieve/service-host'
import { createLogger } from '@reprieve/telemetry'
import { createDatabase, dumpTables, type TableDump, type TestDatabase } from '@reprieve/testing'
import { sql } from 'kysely'
import { eventually } from '../api.js'
import { type Consumer, leewaysAt } from './consumers.js'
import { type Recorded, ReplayCarrier } from './replay-carrier.js'

const WITHIN_MS = 30_000

export interface Replay {
  /** After each telling. */
  dumps: TableDump[]
  /** Records that each of its groups was handed. */
  handled: Readonly<Record<string, number>>
  published: number
}

export interface ReplayOptions {
  definition: ServiceDefinition
  consumer: Consumer
  /** The service's own, as it was left. */
  kept: TestDatabase
  environment: Readonly<Record<string, string>>
  clock: Clock
}

/** Starts a service that has forgotten all that topics told it, and tells it these records, one telling after the other. */
export async function replay(options: ReplayOptions, ...tellings: Array<readonly Recorded[]>): Promise<Replay> {
  const { definition, consumer, kept, environment, clock } = options
  const database = consumer.learnt === null ? await createDatabase() : kept
  if (consumer.learnt !== null) await forget(kept, consumer.learnt)
  const carrier = new ReplayCarrier()
  const service = await startService(definition, {
    databaseUrl: database.url,
    carrier,
    clock,
    environment,
    logger: createLogger({ service: 'test', level: 'silent' }),
  })
  try {
    const dumps: TableDump[] = []
    let handled: Replay['handled'] = {}
    for (const records of tellings) {
      handled = await carrier.feed(records.filter(({ topic }) => !consumer.without?.some((one) => one === topic)))
      await done(database, consumer, clock)
      dumps.push(await dumpTables(database, leewaysAt(clock.now(), consumer)))
    }
    return { dumps, handled, published: carrier.published.length }
  } finally {
    await service.close()
    if (database !== kept) await database.drop()
  }
}

/** Waits until the service has done all that follows from what it was told. */
export async function done(database: TestDatabase, { toDo }: Consumer, clock: Clock): Promise<void> {
  if (toDo === undefined) return
  const { db } = database.open()
  await eventually(
    async () => {
      const count = sql.raw<{ left: string }>(`SELECT (${toDo.replaceAll('{now}', clock.now().toISOString())}) AS left`)
      return Number((await count.execute(db)).rows[0]?.left)
    },
    (left) => left === 0,
    WITHIN_MS,
  )
}

async function forget(database: TestDatabase, { tables, and }: NonNullable<Consumer['learnt']>): Promise<void> {
  const { db } = database.open()
  await sql`TRUNCATE ${sql.join(tables.map((table) => sql.table(table)))} RESTART IDENTITY`.execute(db)
  if (and !== undefined) await sql.raw(and).execute(db)
}
