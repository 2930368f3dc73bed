import type { Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { CommitUnknownError, type Database } from '@reprieve/database'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { IdempotencyTables } from './idempotency.tables.js'
import { Problem } from './problem.js'
import type { Answer } from './route.js'

/** The part of a `RouteInput` that tells one write from another. */
export interface WriteInput {
  principal: Principal | null
  idempotencyKey: string | null
  fingerprint: string
}

export interface WriteOptions {
  /** What is kept of the answer for a repeated request, where the answer holds a secret. By default all of it. */
  kept?: (answer: Answer) => Answer
}

/** Answers of writes that were carried out, for requests that come again. */
export interface StoredAnswers {
  /** The kept answer to this very request, or null. @throws Problem IDEMPOTENCY_KEY_REUSED */
  find(input: WriteInput): Promise<Answer | null>
}

const KEPT_FOR_MS = 24 * 3_600_000
const PRUNE_ROWS = 1_000

/** Runs writes, each in one transaction that also keeps its Idempotency-Key's answer: an effect and its answer exist together or not at all. */
export class WriteTransactions<Tables> implements StoredAnswers {
  readonly #database: Database<Tables>
  readonly #clock: Clock

  constructor(database: Database<Tables>, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /**
   * Runs `work` in one transaction and returns its answer; without running it, the kept one of an equal request that was carried
   * out within 24 h. A request that is in flight at the same time is waited for. `work` may run again after a deadlock, so it does
   * nothing outside the transaction; what it throws rolls everything back, and the key stays free.
   * @throws Problem IDEMPOTENCY_KEY_REUSED if the key came with another request
   * @throws CommitUnknownError only without a key
   */
  async run(
    input: WriteInput,
    work: (tx: Transaction<Tables>) => Promise<Answer>,
    options: WriteOptions = {},
  ): Promise<Answer> {
    const { idempotencyKey: key, fingerprint } = input
    if (key === null || input.principal === null) return this.#database.transaction(work)
    const principalId = input.principal.id
    const carriedOut = this.#database.transaction(async (tx) => {
      const now = this.#clock.now()
      const keys = keysOf(tx)
      // An entry that is too old is as good as none, whether it was pruned yet or not.
      const claimed = await keys
        .insertInto('idempotency_key')
        .values({
          principal_id: principalId,
          key,
          fingerprint,
          status: null,
          headers: null,
          body: null,
          created_at: now,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['principal_id', 'key'])
            .doUpdateSet({ fingerprint, status: null, headers: null, body: null, created_at: now })
            .where('idempotency_key.created_at', '<=', oldest(now)),
        )
        .returning('principal_id')
        .executeTakeFirst()
      if (claimed === undefined) {
        const kept = await this.#find(keys, principalId, key, fingerprint)
        if (kept !== null) return kept
        throw new Problem('TRY_AGAIN', 'The first request with this key is just being forgotten. Repeat it.', {
          headers: { 'retry-after': '1' },
        })
      }
      const answer = await work(tx)
      const { status, headers, body } = options.kept?.(answer) ?? answer
      await keys
        .updateTable('idempotency_key')
        .set({
          status,
          headers: JSON.stringify(headers ?? {}),
          body: body === undefined ? null : JSON.stringify(body),
        })
        .where('principal_id', '=', principalId)
        .where('key', '=', key)
        .execute()
      return answer
    })
    return carriedOut.catch((error: unknown) => {
      // With a key nobody need know whether it was committed: the same request finds out, and does nothing twice.
      throw error instanceof CommitUnknownError ? error.cause : error
    })
  }

  async find(input: WriteInput): Promise<Answer | null> {
    if (input.idempotencyKey === null || input.principal === null) return null
    return this.#find(keysOf(this.#database.db), input.principal.id, input.idempotencyKey, input.fingerprint)
  }

  /** Forgets answers older than 24 h, at most a thousand in one call. @returns how many */
  async prune(): Promise<number> {
    const { numAffectedRows } = await sql`
      DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency_key WHERE created_at <= ${oldest(this.#clock.now())}
        ORDER BY created_at LIMIT ${PRUNE_ROWS} FOR UPDATE SKIP LOCKED))`.execute(this.#database.db)
    return Number(numAffectedRows ?? 0)
  }

  async #find(
    keys: Kysely<IdempotencyTables>,
    principalId: string,
    key: string,
    fingerprint: string,
  ): Promise<Answer | null> {
    const row = await keys
      .selectFrom('idempotency_key')
      .select(['fingerprint', 'status', 'headers', 'body'])
      .where('principal_id', '=', principalId)
      .where('key', '=', key)
      .where('created_at', '>', oldest(this.#clock.now()))
      .executeTakeFirst()
    if (row === undefined || row.status === null) return null
    if (row.fingerprint !== fingerprint) {
      throw new Problem('IDEMPOTENCY_KEY_REUSED', 'This key was used for another request. Take a new one for each.')
    }
    return {
      status: row.status,
      ...(row.body === null ? {} : { body: JSON.parse(row.body) as unknown }),
      headers: { ...(JSON.parse(row.headers ?? '{}') as Record<string, string>), 'idempotency-replayed': 'true' },
    }
  }
}

const oldest = (now: Date): Date => new Date(now.getTime() - KEPT_FOR_MS)

// Every service's database has this table beside its own.
const keysOf = (db: unknown): Kysely<IdempotencyTables> => db as Kysely<IdempotencyTables>
