import type { Clock } from '@reprieve/clock'
import type { NewEvent } from '@reprieve/outbox'
import type { Republisher } from '@reprieve/service-host'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { coverageEvents, snapshotEnds } from '../postgres/coverage-events.js'
import type { ScopeDatabase } from '../postgres/tables.js'

// Members read at once: some hundred of each key, so that records are well filled.
const BATCH = 20_000

interface Exception {
  key: number
  id: string
  effect: 'suppress' | 'defer'
  active_from: Date
}

interface Member {
  asset_key: number
  instance_key: number
  id: string
  revision: number
  since: Date
}

/**
 * All that is covered now, as coverage.v1 tells of it, and of each key that nothing else is. What changes meanwhile is told as ever, before or
 * behind it: of one pair the newest word counts, whichever way it came.
 */
export class CoverageRepublisher implements Republisher<'coverage.v1'> {
  readonly topic = 'coverage.v1'

  constructor(
    private readonly database: ScopeDatabase,
    private readonly clock: Clock,
  ) {}

  async *events(): AsyncGenerator<ReadonlyArray<Omit<NewEvent<'coverage.v1'>, 'replay' | 'topic'>>> {
    const snapshot = uuidv7()
    for (const exception of await this.#inForce()) {
      for (let after: Member | undefined; ; ) {
        const members: Member[] = await this.#members(exception.key, after)
        after = members.at(-1)
        if (after === undefined) break
        yield coverageEvents(
          members.map(({ id, revision, since }) => ({
            instanceId: id,
            revision,
            exceptionId: exception.id,
            effect: exception.effect,
            covered: true,
            // Both since when it is a member and since when the exception is in force.
            at: since > exception.active_from ? since : exception.active_from,
          })),
          snapshot,
        )
      }
    }
    yield snapshotEnds(snapshot, this.clock.now())
  }

  async #inForce(): Promise<Exception[]> {
    const now = this.clock.now()
    const { rows } = await sql<Exception>`
      SELECT key, id, effect, active_from FROM exception
      WHERE status = 'active' AND effect <> 'none' AND active_from <= ${now} AND (active_until IS NULL OR active_until > ${now})
      ORDER BY key`.execute(this.database.db)
    return rows
  }

  /** The next members of one, in the order of its index. */
  async #members(exception: number, after: Member | undefined): Promise<Member[]> {
    const { rows } = await sql<Member>`
      SELECT m.asset_key, m.instance_key, m.since, i.id, i.revision
      FROM (
        SELECT asset_key, instance_key, since FROM membership
        WHERE exception_key = ${exception} AND until IS NULL
          AND (asset_key, instance_key) > (${after?.asset_key ?? 0}, ${after?.instance_key ?? 0})
        ORDER BY asset_key, instance_key LIMIT ${BATCH}
      ) m
      JOIN instance i ON i.asset_key = m.asset_key AND i.key = m.instance_key
      ORDER BY m.asset_key, m.instance_key`.execute(this.database.db)
    return rows
  }
}
