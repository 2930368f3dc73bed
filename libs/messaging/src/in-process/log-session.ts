import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { backoffMs } from '../delivery/backoff.js'
import { LogInUseError, SurroundingsFault } from '../faults.js'
import type { MessagingLog } from '../log.port.js'

// Any number, the same for every process; the lock is per database.
const ADVISORY_LOCK = 7_302_003
// A killed process' session ends within this time, normally at once.
const LOCK_WAIT_MS = 3_000
const RECONNECT = { firstMs: 50, mostMs: 2_000 }

/**
 * The one connection that writes the log: it holds the advisory lock, so whatever it writes is written by the only writer. It comes back
 * by itself after PostgreSQL was away.
 */
export class LogSession {
  readonly #url: string
  readonly #log: MessagingLog
  readonly #instance = randomUUID()
  readonly #onRegained: () => Promise<void>
  #client: pg.Client | null = null
  #trouble: string | null = 'not connected yet'
  #closed = false
  #reconnecting: Promise<void> | null = null
  #wake: () => void = () => {}
  #last: Promise<unknown> = Promise.resolve()

  private constructor(url: string, log: MessagingLog, onRegained: () => Promise<void>) {
    this.#url = url
    this.#log = log
    this.#onRegained = onRegained
  }

  /** @throws LogInUseError where another process writes this log; a connection fault where PostgreSQL is away */
  static async open(url: string, log: MessagingLog, onRegained: () => Promise<void>): Promise<LogSession> {
    const session = new LogSession(url, log, onRegained)
    await session.#connect(true)
    return session
  }

  /** Null while it holds the lock. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** One after the other. @throws SurroundingsFault while the connection is away */
  query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    const result = this.#last.then(() => {
      const client = this.#client
      if (client === null) throw new SurroundingsFault(`the log cannot be written: ${this.#trouble}`)
      return client.query<Row>(query)
    })
    this.#last = result.catch(() => {})
    return result
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake()
    await this.#reconnecting
    const client = this.#client
    this.#client = null
    this.#trouble = 'closed'
    await client?.end().catch(() => {})
  }

  async #connect(first: boolean): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'reprieve-log',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    })
    client.on('error', (error) => this.#lost(client, error.message))
    client.on('end', () => this.#lost(client, 'the connection was closed'))
    try {
      await client.connect()
      await this.#lock(client)
      await this.#mark(client, first)
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
    this.#client = client
    this.#trouble = null
  }

  async #lock(client: pg.Client): Promise<void> {
    for (const started = performance.now(); ; ) {
      const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [ADVISORY_LOCK])
      if (rows[0]?.held === true) return
      if (performance.now() - started > LOCK_WAIT_MS) {
        throw new LogInUseError('another process carries events on this database; one log has one process')
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async #mark(client: pg.Client, first: boolean): Promise<void> {
    if (first) {
      await client.query(
        'INSERT INTO log_writer (instance) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET instance = excluded.instance',
        [this.#instance],
      )
      return
    }
    const { rows } = await client.query<{ instance: string }>('SELECT instance FROM log_writer')
    if (rows[0]?.instance !== this.#instance) {
      throw new LogInUseError('another process has written the log meanwhile; this one must be started again')
    }
  }

  #lost(client: pg.Client, reason: string): void {
    if (this.#client !== client) return
    this.#client = null
    this.#trouble = reason
    if (this.#closed) return
    this.#log.warn({ fault: reason }, 'the log of events is away')
    this.#reconnecting ??= this.#reconnect().finally(() => {
      this.#reconnecting = null
    })
  }

  async #reconnect(): Promise<void> {
    for (let faults = 0; !this.#closed; faults++) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, backoffMs(RECONNECT, faults))
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      if (this.#closed) return
      try {
        await this.#connect(false)
        await this.#onRegained()
        // It may have been lost again meanwhile.
        if (this.#client === null) continue
        this.#log.info({}, 'the log of events is back')
        return
      } catch (error) {
        const client: pg.Client | null = this.#client
        this.#client = null
        await client?.end().catch(() => {})
        this.#trouble = (error as Error).message
        if (error instanceof LogInUseError) this.#log.error({ fault: error.message }, 'the log of events is lost')
      }
    }
  }
}
