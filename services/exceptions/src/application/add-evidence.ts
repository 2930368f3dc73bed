import { can, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import type { Tx } from '../adapters/postgres/tables.js'
import { addEvidence, takesEvidence } from '../domain/changes.js'
import type { EvidenceFile, Exception } from '../domain/exception.js'
import { accessTo } from './access.js'
import type { Evidence, UploadedFile } from './evidence.port.js'
import type { Exceptions } from './exceptions.port.js'
import { MOST_FILES } from './keep-evidence.js'

/** Adds a file to an exception: its requester can, while it is pending or active. */
export class AddEvidence {
  readonly #exceptions: Exceptions
  readonly #evidence: Evidence
  readonly #clock: Clock

  constructor(exceptions: Exceptions, evidence: Evidence, clock: Clock) {
    this.#exceptions = exceptions
    this.#evidence = evidence
    this.#clock = clock
  }

  /** Before anything is read of the file. @throws Problem NOT_FOUND, NOT_ALLOWED, WRONG_STATUS, CONFLICT */
  async refuseEarly(exceptionId: string, actor: Principal): Promise<void> {
    const record = await this.#exceptions.find(exceptionId)
    if (record === null) throw new Problem('NOT_FOUND', 'There is no such exception.')
    this.#refuse(record.exception, actor)
  }

  /** Under the exception's lock. @throws Problem NOT_FOUND, NOT_ALLOWED, WRONG_STATUS, CONFLICT */
  async add(tx: Tx, exceptionId: string, actor: Principal, uploaded: UploadedFile): Promise<EvidenceFile> {
    const locked = await this.#exceptions.lock(tx, exceptionId)
    if (locked === null) throw new Problem('NOT_FOUND', 'There is no such exception.')
    this.#refuse(locked.exception, actor)
    const now = this.#clock.now()
    const { uploadedAt: _, ...file } = uploaded
    const added: EvidenceFile = { ...file, addedAt: now }
    await this.#evidence.add(tx, uploaded)
    await this.#exceptions.record(tx, [addEvidence(locked.exception, [added], now)])
    return added
  }

  #refuse(exception: Exception, actor: Principal): void {
    if (!can(actor, 'evidence.add', accessTo(exception))) {
      throw new Problem('NOT_ALLOWED', 'Only who requested this exception adds files to it.')
    }
    if (!takesEvidence(exception, this.#clock.now())) {
      throw new Problem(
        'WRONG_STATUS',
        'Files are added while an exception is pending or active, and this one is over.',
      )
    }
    if (exception.evidence.length >= MOST_FILES) {
      throw new Problem('CONFLICT', `An exception has at most ${MOST_FILES} files.`)
    }
  }
}
