import type { Database } from '@reprieve/database'
import type { Carrier, SubscriptionStatus } from '@reprieve/messaging'
import type { OutboxRelay } from '@reprieve/outbox'
import { sql } from 'kysely'
import type { BackgroundWork } from './definition.js'
import type { HostTables } from './host.module.js'

export interface Readiness {
  ready: boolean
  /** Empty when ready; otherwise what is wrong, a sentence each. */
  troubles: string[]
  /** What is wrong though it is ready; absent when nothing is. */
  warnings?: string[]
}

export interface HealthSources {
  database: Database<HostTables>
  carrier: Carrier
  relay: OutboxRelay
  subscriptions: () => readonly SubscriptionStatus[]
  background: readonly BackgroundWork[]
}

// A probe that hangs is worse than one that fails.
const PATIENCE_MS = 2_000

/** Whether a service can do its work now: its database, the carrier, its relay, its consumers, its background work. */
export async function readiness(sources: HealthSources): Promise<Readiness> {
  const relay = sources.relay.status()
  const found = await Promise.all([
    within(
      sql`SELECT 1`.execute(sources.database.db).then(() => null),
      'PostgreSQL',
    ),
    within(sources.carrier.trouble(), 'messaging'),
    ...sources.background.map((work) => within(Promise.resolve(work.trouble?.() ?? null), 'background work')),
  ])
  const troubles = [
    ...found,
    relay.trouble === null ? null : `events are not published: ${relay.trouble}`,
    ...sources
      .subscriptions()
      .map(({ handler, waitingFor }) => (waitingFor === null ? null : `${handler} waits: ${waitingFor}`)),
  ].filter((trouble) => trouble !== null)
  const warnings = sources.background.map((work) => work.warning?.() ?? null).filter((warning) => warning !== null)
  return {
    ready: troubles.length === 0,
    troubles: [...new Set(troubles)],
    ...(warnings.length === 0 ? {} : { warnings }),
  }
}

async function within(work: Promise<string | null>, what: string): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${what} does not answer`), PATIENCE_MS)
  })
  try {
    return await Promise.race([work.catch(() => `${what} is away`), late])
  } finally {
    clearTimeout(timer)
  }
}
