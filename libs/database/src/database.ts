import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { CommitUnknownError, isConcurrencyFault, isDatabaseAway } from './faults.js'

// int8 comes as a number: our counts, offsets and milliseconds stay far below 2^53; a larger one is a fault, not a rounding.
const parseInt8 = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 value ${text} is outside the safe integers`)
  return value
}

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 && format !== 'binary'
      ? parseInt8
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

const IDLE_IN_TRANSACTION_MS = 30_000

export interface DatabaseOptions {
  url: string
  /** Shown in pg_stat_activity. */
  applicationName: string
  maxConnections?: number
  /** Called for faults of idle connections, which have nobody else to tell. */
  onIdleFault?: (error: Error) => void
}

/** One service's database: typed access for ordinary work, the pool beneath it for bulk. */
export class Database<Tables> {
  readonly pool: pg.Pool
  readonly db: Kysely<Tables>

  constructor(options: DatabaseOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: 5_000,
      // A process that is frozen, or cut off from the network, in the middle of a transaction must not keep what it has locked from others.
      // An address that says otherwise (`?idle_in_transaction_session_timeout=…`) prevails.
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      types,
    })
    this.pool.on('error', (error) => options.onIdleFault?.(error))
    // A connection that breaks between two statements of a transaction has nobody else to tell, and would end the process. The next
    // statement fails and says why.
    this.pool.on('connect', (client) => client.on('error', () => {}))
    this.db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: this.pool }) })
  }

  /**
   * Runs `work` in one transaction (read committed). A deadlock or serialization failure runs it again, up to three times
   * in all, so it must do nothing outside the transaction.
   * @throws CommitUnknownError where nobody can tell whether it was committed; after any other error it was not
   */
  async transaction<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      let isCommitting = false
      try {
        return await this.db.transaction().execute(async (tx) => {
          const result = await work(tx)
          isCommitting = true
          return result
        })
      } catch (error) {
        if (isCommitting && isDatabaseAway(error)) throw new CommitUnknownError(error)
        if (attempt >= 3 || !isConcurrencyFault(error)) throw error
      }
    }
  }

  /** Runs `work` on one connection of the pool between BEGIN and COMMIT: for COPY, UNNEST and other bulk work. */
  async bulkTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect()
    let broken: Error | undefined
    try {
      await client.query('BEGIN')
      const result = await work(client)
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch((fault: Error) => {
        broken = fault
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  async close(): Promise<void> {
    await this.db.destroy()
    // Kysely ends the pool only where a statement of its own has gone through it.
    if (!this.pool.ending) await this.pool.end()
  }
}
