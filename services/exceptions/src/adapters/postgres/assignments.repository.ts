import type { Load } from '@reprieve/assignment'
import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { Assignments } from '../../application/assignments.port.js'
import type { ExceptionsTables, Tx } from './tables.js'

/** Loads, by the steps that this service's own database has. */
export class AssignmentsRepository implements Assignments {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  async lock(tx: Tx, reviewerIds: readonly string[]): Promise<void> {
    // In one order, so that two requests never wait for each other.
    for (const id of [...new Set(reviewerIds)].sort()) {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`assign/${id}`}, 0))`.execute(tx)
    }
  }

  async loads(personIds: readonly string[], tx?: Tx): Promise<Map<string, Omit<Load, 'id'>>> {
    if (personIds.length === 0) return new Map()
    const { rows } = await sql<{ id: string; waiting: number; last_assigned_at: Date | null }>`
      SELECT person.id,
             (SELECT count(*)::int FROM exception_step AS step JOIN exception ON exception.id = step.exception_id
              WHERE step.approver_id = person.id AND step.decision IS NULL AND exception.status = 'pendingApproval') AS waiting,
             (SELECT max(step.assigned_at) FROM exception_step AS step WHERE step.assigned_id = person.id) AS last_assigned_at
      FROM unnest(${[...new Set(personIds)]}::uuid[]) AS person(id)`.execute(tx ?? this.#database.db)
    return new Map(rows.map(({ id, waiting, last_assigned_at }) => [id, { waiting, lastAssignedAt: last_assigned_at }]))
  }
}
