import { Controller, type Type } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { TOPICS, type TopicName } from '@reprieve/contracts'
import type { Database, MigrationState } from '@reprieve/database'
import { defineRoute, Route } from '@reprieve/http-kit'
import { type Carrier, DEAD_LETTER_SUFFIX, type SubscriptionStatus } from '@reprieve/messaging'
import type { OutboxRelay } from '@reprieve/outbox'
import { z } from 'zod'
import type { BackgroundWork, Check } from './definition.js'
import type { HostTables } from './host.module.js'

export interface DiagnosticSources {
  service: string
  database: Database<HostTables>
  /** How its database stands to what this process knows. */
  schema: () => Promise<MigrationState>
  carrier: Carrier
  relay: OutboxRelay
  subscriptions: () => readonly SubscriptionStatus[]
  background: readonly BackgroundWork[]
  clock: Clock
}

// A check that hangs tells as much as one that fails.
const PATIENCE_MS = 4_000
const SKEW_SECONDS = { warn: 1, fail: 30 }
const PENDING_SECONDS = { warn: 30, fail: 300 }
const LAG_SECONDS = { warn: 60, fail: 600 }

const check = z.object({
  what: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  found: z.string(),
  advice: z.string().nullable().meta({ description: 'What to do; null where nothing is to be done.' }),
})

const diagnosis = z
  .object({ service: z.string(), at: z.iso.datetime(), checks: z.array(check) })
  .meta({ id: 'Diagnosis' })

/** What a service finds when it examines itself and what it stands on. */
export const diagnosticsRoute = (service: string) =>
  defineRoute({
    method: 'GET',
    path: `/diagnostics/${service}`,
    operation: `diagnose_${service}`,
    summary: `How ${service} and what it stands on are`,
    description:
      'One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.',
    tag: 'Operations',
    access: 'operations.manage',
    answers: { 200: diagnosis },
  })

/** @param sources null until the service has started */
export function diagnosticsController(service: string, sources: () => DiagnosticSources | null): Type {
  const route = diagnosticsRoute(service)

  @Controller()
  class DiagnosticsController {
    @Route(route)
    async diagnose() {
      const found = sources()
      return {
        service,
        at: new Date().toISOString(),
        checks: found === null ? [] : await diagnose(found),
      }
    }
  }
  return DiagnosticsController
}

async function diagnose(sources: DiagnosticSources): Promise<Check[]> {
  const groups = await Promise.all([
    within('database', () => databaseChecks(sources)),
    within('schema', () => schemaCheck(sources)),
    within('topics', () => topicsCheck(sources)),
    within('outbox', () => outboxCheck(sources)),
    Promise.resolve(consumerChecks(sources.subscriptions())),
    ...sources.background.map((work) => within('background work', () => backgroundChecks(work))),
  ])
  return groups.flat()
}

async function databaseChecks({ database, clock }: DiagnosticSources): Promise<Check[]> {
  const asked = performance.now()
  const before = clock.now().getTime()
  const { rows } = await database.pool.query<{ now: Date; size: string }>(
    'SELECT clock_timestamp() AS now, pg_size_pretty(pg_database_size(current_database())) AS size',
  )
  const took = performance.now() - asked
  const [row] = rows
  if (row === undefined) return []
  // The answer was made somewhere between the two: the middle is the best guess, and never off by more than half of it.
  const skew = Math.abs(row.now.getTime() - (before + took / 2)) / 1_000
  return [
    { what: 'database', status: 'ok', found: `answers in ${Math.ceil(took)} ms, ${row.size}`, advice: null },
    graded('clock', skew, SKEW_SECONDS, (seconds) => `${seconds.toFixed(2)} s from PostgreSQL’s`, {
      advice: 'Let both machines follow the same time servers (NTP).',
    }),
  ]
}

async function schemaCheck({ schema }: DiagnosticSources): Promise<Check[]> {
  const { applied, missing, unknown } = await schema()
  if (missing.length > 0) {
    return [fail('schema', `${missing.join(', ')} not applied`, 'See docs/runbooks/failed-migration.md.')]
  }
  if (unknown.length > 0) {
    const found = `${unknown.join(', ')} applied by a newer version`
    return [warn('schema', found, 'This process is older than the database: finish the upgrade.')]
  }
  return [{ what: 'schema', status: 'ok', found: `at its newest of ${applied} migrations`, advice: null }]
}

async function topicsCheck({ service, carrier }: DiagnosticSources): Promise<Check[]> {
  const own = (Object.keys(TOPICS) as TopicName[]).filter((name) => TOPICS[name].owner === service)
  const wanted = new Map(
    own.flatMap((name) => [
      [name as string, TOPICS[name].partitions as number],
      [`${name}${DEAD_LETTER_SUFFIX}`, 1],
    ]),
  )
  const found = await carrier.partitionCounts([...wanted.keys()])
  const wrong = [...wanted].filter(([name, partitions]) => found.get(name) !== partitions)
  if (wrong.length === 0) {
    return [{ what: 'topics', status: 'ok', found: `${wanted.size} as declared`, advice: null }]
  }
  const told = wrong.map(([name, partitions]) => `${name} has ${found.get(name) ?? 'no'} partitions, not ${partitions}`)
  return [fail('topics', told.join('; '), 'See docs/runbooks/adding-partitions.md.')]
}

async function outboxCheck({ relay, database }: DiagnosticSources): Promise<Check[]> {
  const age = await relay.oldestPendingAge(database.pool)
  const { trouble } = relay.status()
  if (trouble !== null) return [fail('outbox', `cannot be published: ${trouble}`, 'See docs/runbooks/stuck-outbox.md.')]
  return [
    graded('outbox', age, PENDING_SECONDS, (seconds) => `oldest event waits ${seconds.toFixed(0)} s`, {
      advice: 'See docs/runbooks/stuck-outbox.md.',
    }),
  ]
}

function consumerChecks(statuses: readonly SubscriptionStatus[]): Check[] {
  const waiting = statuses.filter(({ waitingFor }) => waitingFor !== null)
  const worst = statuses.reduce<SubscriptionStatus | null>(
    (most, one) => (most === null || one.lagSeconds > most.lagSeconds ? one : most),
    null,
  )
  return [
    ...waiting.map(({ handler, waitingFor }) =>
      fail(`consumer ${handler}`, `waits: ${waitingFor}`, 'See docs/runbooks/lag.md.'),
    ),
    graded(
      'consumers',
      worst?.lagSeconds ?? 0,
      LAG_SECONDS,
      (seconds) =>
        seconds === 0
          ? `${statuses.length} have read everything`
          : `${worst?.handler} is ${seconds.toFixed(0)} s behind (${worst?.lag} records)`,
      { advice: 'See docs/runbooks/lag.md.' },
    ),
  ]
}

async function backgroundChecks(work: BackgroundWork): Promise<Check[]> {
  const trouble = (await work.trouble?.()) ?? null
  const warning = work.warning?.() ?? null
  const own = (await work.checks?.()) ?? []
  return [
    ...(trouble === null ? [] : [fail('background work', trouble, 'The service’s log tells more.')]),
    // Where it has checks of its own they say the same, and more.
    ...(warning === null || own.length > 0 ? [] : [warn('background work', warning, 'The service’s log tells more.')]),
    ...own,
  ]
}

function graded(
  what: string,
  value: number,
  bounds: { warn: number; fail: number },
  found: (value: number) => string,
  { advice }: { advice: string },
): Check {
  const status = value >= bounds.fail ? 'fail' : value >= bounds.warn ? 'warn' : 'ok'
  return { what, status, found: found(value), advice: status === 'ok' ? null : advice }
}

const fail = (what: string, found: string, advice: string): Check => ({ what, status: 'fail', found, advice })
const warn = (what: string, found: string, advice: string): Check => ({ what, status: 'warn', found, advice })

async function within(what: string, work: () => Promise<Check[]>): Promise<Check[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Check[]>((resolve) => {
    timer = setTimeout(() => resolve([fail(what, 'no answer', 'See whether it runs and can be reached.')]), PATIENCE_MS)
  })
  try {
    return await Promise.race([
      work().catch((error: Error) => [fail(what, error.message, 'See whether it runs and can be reached.')]),
      late,
    ])
  } finally {
    clearTimeout(timer)
  }
}
