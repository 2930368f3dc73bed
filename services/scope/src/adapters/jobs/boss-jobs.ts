import { type BackgroundWork, RepeatedWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { type RawBuilder, sql } from 'kysely'
import { PgBoss } from 'pg-boss'
import type { JobName, Jobs } from '../../application/jobs.port.js'
import type { ScopeDatabase } from '../postgres/tables.js'

export interface JobHandler {
  /** Whether there is anything to do, as SQL that costs next to nothing. */
  isDue: RawBuilder<boolean>
  /** Does all there is to do, until it shall stop. */
  run(signal: AbortSignal): Promise<void>
}

// What a kick did not start (its process died, or the work came from elsewhere) is found this much later.
const LOOK_EVERY_MS = 2_000
const STOP_WITHIN_MS = 10_000
const SCHEMA = 'jobs'
const QUEUE = {
  // Of each kind one waits at most; one that runs is left alone, in this process or another.
  policy: 'short',
  // Nobody need try again: whatever is left to do is found by the next look.
  retryLimit: 0,
  // One that runs longer is told to stop, and is found again.
  expireInSeconds: 3_600,
  // A process that died is noticed by its silence.
  heartbeatSeconds: 20,
  retentionSeconds: 86_400,
  deleteAfterSeconds: 3_600,
} as const

/**
 * Runs jobs by pg-boss, in its own schema of scope's database. A job carries nothing: the tables say what there is to do, each job takes
 * what is there in small transactions, and running it once too often does no harm. So nothing is lost with a process, and what a dead
 * one has left behind holds nobody up: the job is simply added again.
 *
 * Not graphile-worker: it does not wait for the statements that settle a job, and PostgreSQL being away just then ends the process.
 */
export class BossJobs implements Jobs, BackgroundWork {
  readonly #handlers = new Map<JobName, JobHandler>()
  readonly #waiting = new Set<JobName>()
  readonly #workers = new Map<JobName, string>()
  readonly #stopping = new AbortController()
  #boss: PgBoss | null = null
  #looking: RepeatedWork | null = null
  #adding: Promise<void> | null = null

  constructor(
    private readonly database: ScopeDatabase,
    private readonly logger: Logger,
  ) {}

  handle(name: JobName, handler: JobHandler): void {
    this.#handlers.set(name, handler)
  }

  async start(): Promise<void> {
    const boss = new PgBoss({
      db: { executeSql: (text, values) => this.database.pool.query(text, values) },
      schema: SCHEMA,
      schedule: false,
      superviseIntervalSeconds: 10,
      monitorIntervalSeconds: 10,
      maintenanceIntervalSeconds: 3_600,
    })
    // A run that failed has been told of where it failed; all else is PostgreSQL being away, which readiness tells.
    boss.on('error', (err) => this.logger.debug({ err }, 'the queue of jobs has trouble'))
    await boss.start()
    this.#boss = boss
    for (const [name, handler] of this.#handlers) {
      await boss.createQueue(name, QUEUE)
      const worker = await boss.work(name, { pollingIntervalSeconds: LOOK_EVERY_MS / 1_000 }, async ([job]) => {
        const signals = job === undefined ? [] : [job.signal]
        await this.#run(name, handler, AbortSignal.any([this.#stopping.signal, ...signals]))
      })
      this.#workers.set(name, worker)
    }
    this.#looking = new RepeatedWork({
      name: 'looking for work',
      everyMs: LOOK_EVERY_MS,
      work: () => this.#look(),
      logger: this.logger,
    })
    this.#looking.start()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#looking?.stop()
    await this.#adding
    await this.#boss?.stop({ graceful: true, timeout: STOP_WITHIN_MS })
    this.#boss = null
  }

  trouble(): string | null {
    return this.#looking?.trouble() ?? null
  }

  kick(...names: readonly JobName[]): void {
    for (const name of names) this.#waiting.add(name)
    this.#adding ??= this.#add().finally(() => {
      this.#adding = null
    })
  }

  async #run(name: JobName, handler: JobHandler, signal: AbortSignal): Promise<void> {
    try {
      await handler.run(signal)
    } catch (err) {
      if (!signal.aborted) this.logger.warn({ err, job: name }, 'a job failed; what is left to do is found again')
      throw err
    }
  }

  async #look(): Promise<void> {
    const names = [...this.#handlers.keys()]
    const { rows } = await sql<Record<string, boolean>>`SELECT ${sql.join(
      [...this.#handlers].map(([name, { isDue }]) => sql`${isDue} AS ${sql.id(name)}`),
    )}`.execute(this.database.db)
    const due = names.filter((name) => rows[0]?.[name])
    if (due.length > 0) this.kick(...due)
  }

  async #add(): Promise<void> {
    // One turn later, so that what is kicked together is added together.
    await Promise.resolve()
    while (this.#waiting.size > 0 && this.#boss !== null) {
      const names = [...this.#waiting]
      this.#waiting.clear()
      for (const name of names) {
        const worker = this.#workers.get(name)
        try {
          await this.#boss.send(name)
          if (worker !== undefined) this.#boss.notifyWorker(worker)
        } catch (err) {
          this.logger.debug({ err, job: name }, 'a job cannot be added now; it is found later')
        }
      }
    }
  }
}
