import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type {
  ExceptionStatus,
  KnownException,
  KnownExceptions,
  Version,
} from '../../application/known-exceptions.port.js'
import type { ApprovalsTables, Tx } from './tables.js'

/** What `exceptions.v1` tells; only the newest of each. */
export class KnownExceptionsRepository implements KnownExceptions {
  readonly #database: Database<ApprovalsTables>

  constructor(database: Database<ApprovalsTables>) {
    this.#database = database
  }

  async find(id: string, tx?: Tx): Promise<KnownException | null> {
    const row = await (tx ?? this.#database.db)
      .selectFrom('known_exception')
      .select(['id', 'requester_id', 'status', 'evidence_ids'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (row === undefined) return null
    // The words are held by a CHECK of the table.
    return {
      id: row.id,
      requesterId: row.requester_id,
      status: row.status as ExceptionStatus,
      evidenceIds: row.evidence_ids,
    }
  }

  async keep(tx: Tx, { id, requesterId, status, evidenceIds }: KnownException, version: Version): Promise<boolean> {
    const values = { id, requester_id: requesterId, status, evidence_ids: [...evidenceIds], ...version }
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('known_exception')
      .values(values)
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet(values)
          .where(
            sql<boolean>`(known_exception.incarnation, known_exception.version) < (excluded.incarnation, excluded.version)`,
          ),
      )
      .executeTakeFirstOrThrow()
    return numInsertedOrUpdatedRows === 1n
  }
}
