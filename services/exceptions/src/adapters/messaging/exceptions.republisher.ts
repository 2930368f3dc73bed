import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { Republisher } from '@reprieve/service-host'
import type { Evidence } from '../../application/evidence.port.js'
import type { Exceptions } from '../../application/exceptions.port.js'
import type { ExceptionsTables } from '../postgres/tables.js'
import { exceptionEvent } from './exception-event.js'
import { uploadEvent } from './upload-event.js'

const BATCH = 200
const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000'

/** Every exception as it is now, told with its last change; and every upload with what became of it. */
export class ExceptionsRepublisher implements Republisher<'exceptions.v1'> {
  readonly topic = 'exceptions.v1'
  readonly #database: Database<ExceptionsTables>
  readonly #exceptions: Exceptions
  readonly #evidence: Evidence
  readonly #clock: Clock

  constructor(database: Database<ExceptionsTables>, exceptions: Exceptions, evidence: Evidence, clock: Clock) {
    this.#database = database
    this.#exceptions = exceptions
    this.#evidence = evidence
    this.#clock = clock
  }

  async *events() {
    yield* this.#uploads()
    yield* this.#changes()
  }

  async *#uploads() {
    for (let after = BEFORE_ALL_IDS; ; ) {
      const files = await this.#evidence.following(after, BATCH)
      const last = files.at(-1)
      if (last === undefined) return
      after = last.id
      const now = this.#clock.now()
      yield files.map(({ exceptionId, ...file }) =>
        uploadEvent(file, exceptionId === null ? { type: 'free' } : { type: 'taken', exceptionId }, now),
      )
    }
  }

  async *#changes() {
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
