import type { Database } from '@reprieve/database'
import type { Republisher } from '@reprieve/service-host'
import type { Exceptions } from '../../application/exceptions.port.js'
import type { ExceptionsTables } from '../postgres/tables.js'
import { exceptionEvent } from './exception-event.js'

const BATCH = 200

/** Every exception as it is now, told with its last change. */
export class ExceptionsRepublisher implements Republisher<'exceptions.v1'> {
  readonly topic = 'exceptions.v1'
  readonly #database: Database<ExceptionsTables>
  readonly #exceptions: Exceptions

  constructor(database: Database<ExceptionsTables>, exceptions: Exceptions) {
    this.#database = database
    this.#exceptions = exceptions
  }

  async *events() {
    let after: string | null = null
    for (;;) {
      const ids: string[] = await this.#idsAfter(after)
      const last = ids.at(-1)
      if (last === undefined) return
      after = last
      yield (await this.#exceptions.findLastChanges(ids)).map(exceptionEvent)
    }
  }

  async #idsAfter(after: string | null): Promise<string[]> {
    let query = this.#database.db.selectFrom('exception').select('id').orderBy('id').limit(BATCH)
    if (after !== null) query = query.where('id', '>', after)
    return (await query.execute()).map(({ id }) => id)
  }
}
