import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import type { ApprovalType, Person } from '../../domain/approval.js'
import type { ApprovalsTables } from './tables.js'

export interface WaitingRequest {
  exceptionId: string
  type: ApprovalType
  name: string
  requestedBy: Person
  requestedAt: Date
  /** Index of the step in effect, and how many there are. */
  step: number
  stepCount: number
  endsAt: Date | null
  instanceCount: number
}

/** What waits for somebody's decision. */
export class WaitingListRepository {
  readonly #database: Database<ApprovalsTables>

  constructor(database: Database<ApprovalsTables>) {
    this.#database = database
  }

  async page(approverId: string, request: PageRequest<'requestedAt'>): Promise<List<WaitingRequest>> {
    const { db } = this.#database
    const query = db
      .selectFrom('approval')
      .leftJoin('known_reach', 'known_reach.exception_id', 'approval.exception_id')
      .select([
        'approval.exception_id',
        'approval.type',
        'approval.name',
        'approval.requester_id',
        'approval.requester_name',
        'approval.requested_at',
        'approval.current_step',
        'approval.step_count',
        'approval.ends_at',
        'known_reach.instance_count',
      ])
      .where('approval.waiting_for_id', '=', approverId)
    const { items, ...rest } = await readPage(db, query, request, {
      columns: { requestedAt: { by: 'approval.requested_at', type: 'timestamptz' } },
      id: 'approval.exception_id',
    })
    return {
      items: items.map((row) => ({
        exceptionId: row.exception_id,
        // Held by a CHECK of the table.
        type: row.type as ApprovalType,
        name: row.name,
        requestedBy: { id: row.requester_id, name: row.requester_name },
        requestedAt: row.requested_at,
        step: row.current_step,
        stepCount: row.step_count,
        endsAt: row.ends_at,
        instanceCount: row.instance_count ?? 0,
      })),
      ...rest,
    }
  }
}
