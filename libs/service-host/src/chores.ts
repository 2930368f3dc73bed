import { readConfig } from '@reprieve/config'
import { Database, databaseUrl, databaseVariables, migrate } from '@reprieve/database'
import { beginIncarnation } from '@reprieve/outbox'
import { createLogger, type Logger } from '@reprieve/telemetry'
import { z } from 'zod'
import { orExit } from './config-or-exit.js'
import type { ServiceDefinition } from './definition.js'
import { patiently } from './patiently.js'
import { serviceVariables } from './service-variables.js'
import { migrationsOf } from './start-service.js'

interface Surroundings {
  databaseUrl: string
  logger: Logger
  signal: AbortSignal
}

/** What is done to a service's database beside serving from it: once, by a process that ends. */
const CHORES = {
  /** Brings it up to date, after waiting for PostgreSQL as long as it takes. */
  migrate: async (definition, { databaseUrl, logger, signal }) => {
    const work = () => migrate(databaseUrl, migrationsOf(definition))
    const applied = await patiently('PostgreSQL', work, { logger, signal })
    logger.info({ applied: applied.length }, 'the database is up to date')
  },
  /** After it was restored from a backup, before its service starts again. */
  'begin-incarnation': async (definition, { databaseUrl, logger }) => {
    const database = new Database({
      url: databaseUrl,
      applicationName: `reprieve-${definition.name}`,
      maxConnections: 1,
    })
    try {
      const incarnation = await beginIncarnation(database.pool)
      logger.info({ incarnation }, 'the database is of a new incarnation; start its service, then republish its topics')
    } finally {
      await database.close()
    }
  },
} as const satisfies Record<string, (definition: ServiceDefinition, surroundings: Surroundings) => Promise<void>>

export type Chore = keyof typeof CHORES

export const chores = Object.keys(CHORES) as readonly Chore[]

export const isChore = (word: string): word is Chore => Object.hasOwn(CHORES, word)

// Of all that a service reads only this: whoever migrates need not know its brokers and mail server.
const choreVariables = z.object({
  ...databaseVariables.shape,
  LOG_LEVEL: serviceVariables.shape.LOG_LEVEL,
})

/** Does a chore in a process of its own, which ends with 0, or 1 where it failed, or 2 where its environment is wrong. */
export async function runChore(definition: ServiceDefinition, chore: Chore): Promise<void> {
  const config = orExit(definition.name, () => {
    const read = readConfig(choreVariables, process.env)
    return { ...read, databaseUrl: databaseUrl(read) }
  })
  const logger = createLogger({ service: definition.name, level: config.LOG_LEVEL })
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)))
  }
  try {
    await CHORES[chore](definition, { databaseUrl: config.databaseUrl, logger, signal: stop.signal })
  } catch (err) {
    logger.fatal({ err }, `${chore} of ${definition.name} failed`)
    process.exitCode = 1
  }
}
