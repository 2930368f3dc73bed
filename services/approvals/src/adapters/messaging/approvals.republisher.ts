import type { Database } from '@reprieve/database'
import type { Republisher } from '@reprieve/service-host'
import type { ApprovalsRepository } from '../postgres/approvals.repository.js'
import type { ApprovalsTables } from '../postgres/tables.js'
import { approvalEvent } from './approval-event.js'

const BATCH = 200

/** Every approval as it is now, told with what was done last. */
export class ApprovalsRepublisher implements Republisher<'approvals.v1'> {
  readonly topic = 'approvals.v1'
  readonly #database: Database<ApprovalsTables>
  readonly #approvals: ApprovalsRepository

  constructor(database: Database<ApprovalsTables>, approvals: ApprovalsRepository) {
    this.#database = database
    this.#approvals = approvals
  }

  async *events() {
    let after: string | null = null
    for (;;) {
      const ids: string[] = await this.#idsAfter(after)
      const last = ids.at(-1)
      if (last === undefined) return
      after = last
      yield (await this.#approvals.findAll(ids)).map(approvalEvent)
    }
  }

  async #idsAfter(after: string | null): Promise<string[]> {
    let query = this.#database.db.selectFrom('approval').select('exception_id').orderBy('exception_id').limit(BATCH)
    if (after !== null) query = query.where('exception_id', '>', after)
    return (await query.execute()).map(({ exception_id }) => exception_id)
  }
}
