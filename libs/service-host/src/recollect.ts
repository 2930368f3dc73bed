import type { Database } from '@reprieve/database'
import { type Carrier, isSurroundingsFault, readWhole } from '@reprieve/messaging'
import { endRecollection, type Outbox, recollects } from '@reprieve/outbox'
import type { Logger } from '@reprieve/telemetry'
import { decodeEvent } from './decode-event.js'
import type { RecollectedTopic, Recollection, Republisher } from './definition.js'
import type { HostTables } from './host.module.js'
import { republish } from './republication.js'

export interface RecollectOptions {
  service: string
  database: Database<HostTables>
  carrier: Carrier
  outbox: Outbox
  logger: Logger
  /** Null for a service that takes in nothing of its own again. */
  recollection: Recollection | null
  republishers: readonly Republisher[]
  signal: AbortSignal | undefined
}

// Any number, the same for every process of a service: the lock is per database.
const ADVISORY_LOCK = 7_302_004

/** The consumer group that reads for it. */
export const recollectionGroup = (service: string): string => `${service}-recollection`

/**
 * Where the database begins a new incarnation: takes in again what was published after its backup, and publishes all that it owns anew.
 * Processes that start together take turns: the first does it, and one that fails half-way leaves it to the next, from the beginning.
 */
export async function recollect(options: RecollectOptions): Promise<void> {
  const { service, database, outbox, logger, recollection, republishers } = options
  if (!(await recollects(database.pool))) return
  const client = await database.pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK])
    if (!(await recollects(client))) return
    for (const topic of recollection?.topics ?? []) await readTopic(topic, options)
    await recollection?.finish()
    let published = 0
    for (const republisher of republishers) published += await republish(republisher, database, outbox)
    await endRecollection(client)
    logger.info({ published }, `${service} goes on from its restored database`)
  } finally {
    // Ends the session, and the lock with it.
    client.release(true)
  }
}

async function readTopic(source: RecollectedTopic, options: RecollectOptions): Promise<void> {
  const { service, carrier, logger, signal } = options
  const { topic } = source
  await readWhole(carrier, {
    topic,
    group: recollectionGroup(service),
    ...(signal === undefined ? {} : { signal }),
    async handle(batch) {
      for (const delivery of batch) {
        try {
          await source.take(decodeEvent(topic, delivery) as Parameters<typeof source.take>[0])
        } catch (err) {
          if (isSurroundingsFault(err)) throw err
          // One that cannot be taken in is no reason to lose the others.
          const { partition, offset } = delivery
          logger.warn({ err, topic, partition, offset: String(offset) }, 'a record is not taken in again')
        }
      }
    },
  })
}
