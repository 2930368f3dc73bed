import type { MigrationState } from '@reprieve/database'
import type { Carrier, SubscriptionStatus } from '@reprieve/messaging'
import type { OutboxRelay } from '@reprieve/outbox'
import type { BackgroundWork } from './definition.js'
import { schemaTrouble } from './schema.js'

export interface Readiness {
  ready: boolean
  /** Empty when ready; otherwise what is wrong, a sentence each. */
  troubles: string[]
  /** What is wrong though it is ready; absent when nothing is. */
  warnings?: string[]
}

export interface HealthSources {
  /** How its database stands to what this process knows. */
  schema: () => Promise<MigrationState>
  carrier: Carrier
  relay: OutboxRelay
  subscriptions: () => readonly SubscriptionStatus[]
  background: readonly BackgroundWork[]
}

// A probe that hangs is worse than one that fails.
const PATIENCE_MS = 2_000

/** Whether a service can do all of its work now: its database and the schema in it, the carrier, its relay, its consumers, its background work. */
export async function readiness(sources: HealthSources): Promise<Readiness> {
  const relay = sources.relay.status()
  const found = await Promise.all([
    databaseTrouble(sources),
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

/**
 * Whether requests should be sent to this process: it can answer them as long as its database does. What it publishes meanwhile waits in
 * the outbox, so that with Kafka away people go on reading and deciding.
 */
export async function serving(sources: Pick<HealthSources, 'schema'>): Promise<Readiness> {
  const trouble = await databaseTrouble(sources)
  return { ready: trouble === null, troubles: trouble === null ? [] : [trouble] }
}

const databaseTrouble = ({ schema }: Pick<HealthSources, 'schema'>): Promise<string | null> =>
  within(schema().then(schemaTrouble), 'PostgreSQL')

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
