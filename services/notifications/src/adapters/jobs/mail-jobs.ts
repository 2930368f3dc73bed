import type { Database } from '@reprieve/database'
import type { Logger } from '@reprieve/telemetry'
import { CompiledQuery } from 'kysely'
import { PgBoss } from 'pg-boss'
import type { MailJob, MailQueue } from '../../application/mail-queue.port.js'
import type { NotificationsTables, Tx } from '../postgres/tables.js'

export const MAIL_QUEUE = 'mail'
const SCHEMA = 'jobs'
const QUEUE_OPTIONS = {
  // A mail that its server does not take now is tried after 5 s, then ever later; the delivery itself knows when to give up.
  retryLimit: 2_000,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 300,
  // A process that died is noticed by its silence.
  heartbeatSeconds: 20,
  expireInSeconds: 300,
  retentionSeconds: 14 * 86_400,
  deleteAfterSeconds: 3_600,
}

/**
 * The queue of mails: pg-boss in the service's own database, so that a job is written in the transaction that writes its notice.
 *
 * It is polled. graphile-worker was measured beside it: its NOTIFY takes a lock on the whole cluster at commit, and transactions that add
 * a job go through one at a time (16 connections, 2 cores: 160 to 230 a second; with pg-boss 480 to 640, without any job 1 900).
 */
export class MailJobs implements MailQueue {
  readonly boss: PgBoss
  #wake: () => void = () => {}

  private constructor(boss: PgBoss) {
    this.boss = boss
  }

  /**
   * Makes its tables where they are missing. Jobs can be added from then on.
   * @param settings of the queue, where a test cannot wait as long
   */
  static async open(
    database: Database<NotificationsTables>,
    logger: Logger,
    settings: Partial<typeof QUEUE_OPTIONS> = {},
  ): Promise<MailJobs> {
    const boss = new PgBoss({
      db: { executeSql: (text, values) => database.pool.query(text, values) },
      schema: SCHEMA,
      schedule: false,
      // How often jobs of processes that died are looked for, and finished ones deleted.
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
      maintenanceIntervalSeconds: 3_600,
    })
    boss.on('error', (err) => logger.warn({ err }, 'the queue of mails has trouble'))
    await boss.start()
    const options = { ...QUEUE_OPTIONS, ...settings }
    await boss.createQueue(MAIL_QUEUE, options)
    // An older version may have made it with other settings.
    await boss.updateQueue(MAIL_QUEUE, options)
    return new MailJobs(boss)
  }

  async add(tx: Tx, jobs: readonly MailJob[]): Promise<void> {
    if (jobs.length === 0) return
    const db = {
      executeSql: async (text: string, values: unknown[] = []) => ({
        rows: [...(await tx.executeQuery(CompiledQuery.raw(text, values))).rows],
      }),
    }
    await this.boss.insert(
      MAIL_QUEUE,
      jobs.map((data) => ({ data })),
      { db },
    )
  }

  wake(): void {
    this.#wake()
  }

  onWake(wake: () => void): void {
    this.#wake = wake
  }

  /** What is in flight gets a few seconds; what is not finished then is tried again by whoever comes next. */
  async close(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: 10_000 })
  }
}
