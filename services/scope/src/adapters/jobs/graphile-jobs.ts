import { type BackgroundWork, RepeatedWork } from '@reprieve/service-host'
import type { Logger } from '@reprieve/telemetry'
import { Logger as GraphileLogger, type Runner, run } from 'graphile-worker'
import { type RawBuilder, sql } from 'kysely'
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
const CONCURRENCY = 3

/**
 * Runs jobs by graphile-worker, in its own schema of scope's database. A job carries nothing: the tables say what there is to do, each
 * job takes what is there in small transactions, and running it once too often does no harm. So nothing is lost with a process, and
 * the lock that a dead one has left on its job holds nobody up: the job is simply added again.
 */
export class GraphileJobs implements Jobs, BackgroundWork {
  readonly #handlers = new Map<JobName, JobHandler>()
  readonly #waiting = new Set<JobName>()
  #runner: Runner | null = null
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
    const stopping = (helpers: { abortSignal?: AbortSignal }) => helpers.abortSignal ?? new AbortController().signal
    this.#runner = await run({
      pgPool: this.database.pool,
      concurrency: CONCURRENCY,
      pollInterval: LOOK_EVERY_MS,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: 0,
      logger: graphileLogger(this.logger),
      crontab: '',
      taskList: Object.fromEntries(
        [...this.#handlers].map(([name, handler]) => [
          name,
          async (_payload: unknown, helpers: { abortSignal?: AbortSignal }) => await handler.run(stopping(helpers)),
        ]),
      ),
    })
    await this.#look()
    this.#looking = new RepeatedWork({
      name: 'looking for work',
      everyMs: LOOK_EVERY_MS,
      work: () => this.#look(),
      logger: this.logger,
    })
    this.#looking.start()
  }

  async stop(): Promise<void> {
    await this.#looking?.stop()
    await this.#adding
    await this.#runner?.stop()
    this.#runner = null
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
    while (this.#waiting.size > 0 && this.#runner !== null) {
      const names = [...this.#waiting]
      this.#waiting.clear()
      // The key keeps one waiting job of a kind; one that runs is left alone and another waits behind it.
      for (const name of names) {
        await this.#runner.addJob(name, {}, { jobKey: name, maxAttempts: 3 }).catch((err: unknown) => {
          this.logger.debug({ err, job: name }, 'a job cannot be added now; it is found later')
        })
      }
    }
  }
}

const graphileLogger = (logger: Logger): GraphileLogger =>
  new GraphileLogger(() => (level, message, meta) => {
    const fields = meta?.['error'] === undefined ? {} : { err: meta['error'] }
    if (level === 'error') logger.error(fields, message)
    else if (level === 'warning') logger.warn(fields, message)
    else logger.debug(fields, message)
  })
