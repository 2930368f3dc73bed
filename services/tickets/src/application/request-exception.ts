import type { Principal } from '@reprieve/auth'
import { can } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { type FieldFault, Problem, type ProblemCode } from '@reprieve/http-kit'
import { lookUntil } from '@reprieve/people'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import { requestException } from '../domain/changes.js'
import type { Day } from '../domain/day.js'
import { refusal } from '../domain/phase.js'
import { deferralsInARow, proposalFaults } from '../domain/request-faults.js'
import { type ExceptionSettings, FIRST_SETTINGS } from '../domain/settings.js'
import type { Request, Ticket, UseCase } from '../domain/ticket.js'
import { refusedBecause } from './access.js'
import type { ChooseReviewer, Reviewers } from './choose-reviewer.js'
import type { KnownUploads } from './known-uploads.port.js'
import type { SettingsStore } from './settings.port.js'
import { EvidenceUsedError, RequestWaitsError, type Tickets } from './tickets.port.js'

/** What an owner asks for, well-formed and not yet judged. */
export interface Submission {
  justification: string
  riskAcknowledged: boolean
  useCase: UseCase
  evidenceLink?: string | undefined
  evidenceIds?: readonly string[] | undefined
  proposedDueDate: Day
}

/** A submission that was checked, with those who can review it. */
export interface CheckedSubmission extends Submission {
  ticketId: string
  settings: ExceptionSettings
  reviewers: Reviewers
}

type CodedFault = FieldFault & { code: ProblemCode }

const noSuchTicket = () => new Problem('NOT_FOUND', 'There is no such ticket.')

/** An owner's request for an exception: `check` waits, reads and judges; `store` keeps what was found right, and assigns the reviewer. */
export class RequestException {
  readonly #tickets: Tickets
  readonly #settings: SettingsStore
  readonly #uploads: KnownUploads
  readonly #reviewers: ChooseReviewer
  readonly #clock: Clock

  constructor(
    tickets: Tickets,
    settings: SettingsStore,
    uploads: KnownUploads,
    reviewers: ChooseReviewer,
    clock: Clock,
  ) {
    this.#tickets = tickets
    this.#settings = settings
    this.#uploads = uploads
    this.#reviewers = reviewers
    this.#clock = clock
  }

  /**
   * Every fault is told at once. Files that are not known yet are waited for, up to 2 s.
   * @throws Problem NOT_FOUND, NOT_ALLOWED, NOT_PERMITTED, WRONG_STATUS, REQUEST_WAITS, NO_REVIEWER, EVIDENCE_UNKNOWN, INVALID
   */
  async check(ticketId: string, asked: Submission, requester: Principal): Promise<CheckedSubmission> {
    const record = await this.#tickets.find(ticketId)
    if (record === null) throw noSuchTicket()
    const { settings } = await this.#settings.newest('exceptions', FIRST_SETTINGS)
    refuseStranger(record.ticket, requester)
    if (!settings.requesterRoles.includes(requester.role)) {
      throw new Problem('NOT_PERMITTED', `The role ${requester.role} may not ask for exceptions from tickets.`)
    }
    refuseState(record.ticket)
    const now = this.#clock.now()
    refuse([
      ...textFaults(asked),
      ...proposalFaults(asked.proposedDueDate, record.ticket.due?.day ?? null, settings, now).map(
        (fault): CodedFault => ({ ...fault, code: 'INVALID' }),
      ),
      ...(await this.#evidenceFaults(asked.evidenceIds ?? [], requester.id)),
    ])
    const reviewers = await this.#reviewers.among(settings, record, { requester, ...asked }, now)
    if (reviewers === null) {
      throw new Problem(
        'NO_REVIEWER',
        'Nobody is left to review this: no rule holds, or each reviewer is inactive or is yourself.',
      )
    }
    return { ...asked, ticketId, settings, reviewers }
  }

  /**
   * Judges again what may have changed since it was checked, under the ticket's lock.
   * @throws Problem NOT_ALLOWED, WRONG_STATUS, REQUEST_WAITS, INVALID, TOO_MANY_DEFERRALS, EVIDENCE_UNKNOWN, NO_REVIEWER
   */
  async store(tx: Tx, asked: CheckedSubmission, requester: Principal): Promise<Request> {
    const locked = await this.#tickets.lock(tx, asked.ticketId)
    if (locked === null) throw noSuchTicket()
    const { ticket } = locked
    refuseStranger(ticket, requester)
    refuseState(ticket)
    const now = this.#clock.now()
    const { settings, reviewers } = asked
    refuse(
      proposalFaults(asked.proposedDueDate, ticket.due?.day ?? null, settings, now).map((fault) => ({
        ...fault,
        code: 'INVALID',
      })),
    )
    const { maxDeferralsInARow: most } = settings
    if (most !== null && deferralsInARow(await this.#tickets.moves(tx, ticket.id)) >= most) {
      throw new Problem('TOO_MANY_DEFERRALS', `A ticket is deferred at most ${most} times in a row.`)
    }
    await this.#tickets.takeTurn(tx)
    const reviewer = await this.#reviewers.choose(reviewers, tx)
    if (reviewer === undefined) throw new Problem('NO_REVIEWER', 'Nobody is left to review this.')
    const request: Request = {
      exceptionId: uuidv7({ msecs: now.getTime() }),
      ticketId: ticket.id,
      ordinal: (await this.#tickets.requests(tx, ticket.id)).length + 1,
      requestedBy: { id: requester.id, name: requester.name },
      requestedAt: now,
      name: ticket.title,
      justification: asked.justification,
      useCase: asked.useCase,
      evidenceLink: asked.evidenceLink ?? null,
      evidenceIds: asked.evidenceIds ?? [],
      proposedDueDate: asked.proposedDueDate,
      query: { id: uuidv7({ msecs: now.getTime() }), expression: ticket.expression },
      assignedId: reviewer.id,
      assignedBy: reviewers.rule,
      candidateIds: reviewers.candidateIds,
      ticketDoneAt: null,
      status: 'pendingApproval',
      reviewer,
      decidedAt: null,
      appliedSince: null,
      endedAt: null,
    }
    await this.#keep(tx, request)
    await this.#tickets.record(tx, [requestException(ticket, request)])
    return request
  }

  /** Waits, up to 2 s, until the exception was made of it: whoever asked finds it then. Later it will be all the same. */
  async awaitException(exceptionId: string): Promise<void> {
    await lookUntil(
      () => this.#tickets.isTold(exceptionId),
      (isTold) => isTold,
    )
  }

  async #keep(tx: Tx, request: Request): Promise<void> {
    try {
      await this.#tickets.addRequest(tx, request)
    } catch (error) {
      if (error instanceof RequestWaitsError) throw refusedBecause('REQUEST_WAITS')
      if (!(error instanceof EvidenceUsedError)) throw error
      const detail = 'Another request has one of these files. Upload it again.'
      throw new Problem('EVIDENCE_UNKNOWN', detail, { errors: [{ pointer: '/evidenceIds', detail }], cause: error })
    }
  }

  async #evidenceFaults(ids: readonly string[], requesterId: string): Promise<CodedFault[]> {
    const found = await lookUntil(
      () => this.#uploads.findAll(ids),
      (uploads) => uploads.length === new Set(ids).size,
    )
    const byId = new Map(found.map((upload) => [upload.id, upload]))
    return ids.flatMap((id, index) => {
      const pointer = `/evidenceIds/${index}`
      const code = 'EVIDENCE_UNKNOWN' as const
      const upload = byId.get(id)
      // What somebody else has uploaded is not told from what there is not.
      if (upload === undefined || upload.uploadedBy !== requesterId || upload.removed) {
        return [{ pointer, code, detail: 'You have uploaded no such file, or more than a day ago.' }]
      }
      if (upload.exceptionId !== null) {
        return [{ pointer, code, detail: 'Another request has this file. Upload it again.' }]
      }
      return ids.indexOf(id) < index ? [{ pointer, code, detail: 'This file is named twice.' }] : []
    })
  }
}

function refuseStranger(ticket: Ticket, requester: Principal): void {
  if (can(requester, 'ticket.request', { ownerId: ticket.owner.id })) return
  throw new Problem('NOT_ALLOWED', 'Only its owner asks for an exception from a ticket.')
}

function refuseState(ticket: Ticket): void {
  const refused = refusal(ticket, 'requestException')
  if (refused !== null) throw refusedBecause(refused)
}

function textFaults({ justification, riskAcknowledged }: Submission): CodedFault[] {
  const faults: CodedFault[] = []
  if (justification === '') {
    faults.push({ pointer: '/justification', detail: 'Say why it cannot be resolved in time.', code: 'INVALID' })
  }
  if (!riskAcknowledged) {
    const detail = 'The risk has to be acknowledged: it must be true.'
    faults.push({ pointer: '/riskAcknowledged', detail, code: 'INVALID' })
  }
  return faults
}

function refuse(faults: readonly CodedFault[]): void {
  const [first] = faults
  if (first === undefined) return
  const code = faults.every((fault) => fault.code === first.code) ? first.code : 'INVALID'
  throw new Problem(code, faults.length === 1 ? first.detail : 'Something in the request is wrong: see `errors`.', {
    errors: faults.map(({ code: _, ...fault }) => fault),
  })
}
