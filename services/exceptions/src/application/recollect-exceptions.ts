import type { Database } from '@reprieve/database'
import type { ExceptionsTables } from '../adapters/postgres/tables.js'
import { endAgain, submit } from '../domain/changes.js'
import type { Exception } from '../domain/exception.js'
import type { Request } from '../domain/request.js'
import type { Evidence } from './evidence.port.js'
import type { Exceptions } from './exceptions.port.js'
import type { ExpireExceptions } from './expire-exceptions.js'

/** An exception as this service once told of it. */
export interface Told {
  id: string
  queryId: string
  requestedAt: Date
  request: Omit<Request, 'evidence'>
  evidenceIds: readonly string[]
  /** How it was deactivated; null where it was not. */
  deactivated: Exception['ended']
}

/**
 * Takes in again what this service told of exceptions after its database was backed up: those it does not know, as they were requested,
 * and that some were deactivated. What was decided about them `approvals` tells; what has expired since is found by the clock.
 */
export class RecollectExceptions {
  readonly #database: Database<ExceptionsTables>
  readonly #exceptions: Exceptions
  readonly #evidence: Evidence
  readonly #expiry: ExpireExceptions
  readonly #deactivated = new Map<string, NonNullable<Exception['ended']>>()

  constructor(
    database: Database<ExceptionsTables>,
    exceptions: Exceptions,
    evidence: Evidence,
    expiry: ExpireExceptions,
  ) {
    this.#database = database
    this.#exceptions = exceptions
    this.#evidence = evidence
    this.#expiry = expiry
  }

  /** Each version of one exception, in order; whichever of them are still to be had. */
  async takeIn({ id, queryId, requestedAt, request, evidenceIds, deactivated }: Told): Promise<void> {
    if (deactivated !== null) this.#deactivated.set(id, deactivated)
    await this.#database.transaction(async (tx) => {
      if ((await this.#exceptions.lock(tx, id)) !== null) return
      // Files that came after the backup are lost with the database.
      const files = await this.#evidence.findAll(evidenceIds)
      const evidence = files
        .filter(({ uploadedBy, exceptionId }) => uploadedBy.id === request.requestedBy.id && exceptionId === null)
        .map(({ uploadedAt: _, exceptionId: __, ...file }) => file)
      await this.#exceptions.add(tx, submit({ ...request, evidence }, { id, queryId }, requestedAt))
    })
  }

  /** All of them were told, and what was decided about them. */
  async finish(): Promise<void> {
    for (const [id, ended] of this.#deactivated) {
      await this.#database.transaction(async (tx) => {
        const locked = await this.#exceptions.lock(tx, id)
        if (locked?.exception.status === 'active') {
          await this.#exceptions.record(tx, [endAgain(locked.exception, ended)])
        }
      })
    }
    await this.#expiry.expireDue()
  }
}
