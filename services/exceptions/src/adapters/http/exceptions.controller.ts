import { Controller, Inject } from '@nestjs/common'
import { can, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { type Answer, Problem, Route, type RouteInput, type SortTerm, type WriteTransactions } from '@reprieve/http-kit'
import { CLOCK, WRITES } from '@reprieve/service-host'
import { v7 as uuidv7 } from 'uuid'
import { refuseUnless } from '../../application/access.js'
import { DeactivateException } from '../../application/deactivate-exception.js'
import type { ExceptionRecord } from '../../application/exceptions.port.js'
import { readInTurn } from '../../application/export-exceptions.js'
import { SubmitException } from '../../application/submit-exception.js'
import type { Expiration } from '../../domain/expiration.js'
import { CommentsRepository } from '../postgres/comments.repository.js'
import { ExceptionTableRepository, type Filters, type Sort, unpacked } from '../postgres/exception-table.repository.js'
import { ExceptionsRepository } from '../postgres/exceptions.repository.js'
import type { ExceptionsTables } from '../postgres/tables.js'
import { toChangeView, toExceptionView } from './exception.view.js'
import { EXPORT_TYPES, type ExportFormat, exportOf } from './exception-export.js'
import {
  commentRoute,
  deactivateRoute,
  dryRunRoute,
  historyRoute,
  listCommentsRoute,
  listRoute,
  readRoute,
  submitRoute,
} from './exceptions.routes.js'

@Controller()
export class ExceptionsController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<ExceptionsTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ExceptionsRepository) private readonly exceptions: ExceptionsRepository,
    @Inject(ExceptionTableRepository) private readonly table: ExceptionTableRepository,
    @Inject(CommentsRepository) private readonly comments: CommentsRepository,
    @Inject(SubmitException) private readonly submission: SubmitException,
    @Inject(DeactivateException) private readonly deactivation: DeactivateException,
  ) {}

  @Route(submitRoute)
  async submit(input: RouteInput<typeof submitRoute>): Promise<Answer> {
    const request = await this.submission.check(
      { ...input.body, expiration: expirationOf(input.body.expiration) },
      input.principal,
    )
    return this.writes.run(input, async (tx) => {
      const record = await this.submission.store(tx, request)
      return {
        status: 201,
        body: toExceptionView(record),
        headers: { location: `/api/v1/exceptions/${record.exception.id}` },
      }
    })
  }

  @Route(dryRunRoute)
  async dryRun({ body, principal }: RouteInput<typeof dryRunRoute>): Promise<Answer> {
    const asked = { ...body, expiration: expirationOf(body.expiration) }
    const { rule, steps } = await this.submission.preview(asked, principal)
    return {
      status: 200,
      body: {
        rule: { id: rule.id, version: rule.version },
        approval: {
          type: steps === null ? 'autoPilot' : 'approvers',
          steps: (steps ?? []).map(({ approver, assignedBy }, index) => ({
            index,
            approver,
            assigned: assignedBy === undefined ? null : { rule: assignedBy },
          })),
        },
      },
    }
  }

  @Route(listRoute)
  async list({ query, principal, request }: RouteInput<typeof listRoute>): Promise<Answer> {
    const { limit, cursor, sort, export: asked, ...given } = query
    const filters = filtersOf(given, principal.id)
    const format = asked ?? (prefersCsv(request.headers.accept) ? 'csv' : null)
    if (format !== null) return this.#export(format, filters, sort, principal)
    const { items, ...rest } = await this.table.page(filters, { limit, cursor, sort })
    const records = await (filters.asOf === undefined
      ? this.exceptions.findAll(items)
      : this.exceptions.findAllAsOf(items, filters.asOf))
    return { status: 200, body: { items: records.map(toExceptionView), ...rest } }
  }

  @Route(readRoute)
  async read({ params, principal }: RouteInput<typeof readRoute>) {
    const record = await this.#find(params.id)
    refuseUnless(principal, 'exception.read', record.exception)
    return toExceptionView(record)
  }

  @Route(historyRoute)
  async history({ params, principal }: RouteInput<typeof historyRoute>) {
    refuseUnless(principal, 'exception.read', (await this.#find(params.id)).exception)
    return { items: (await this.exceptions.history(params.id)).map(toChangeView) }
  }

  @Route(deactivateRoute)
  async deactivate(input: RouteInput<typeof deactivateRoute>): Promise<Answer> {
    const { params, body, principal } = input
    await this.deactivation.awaitApproval(params.id, principal)
    return this.writes.run(input, async (tx) => ({
      status: 200,
      body: toExceptionView(await this.deactivation.deactivate(tx, params.id, principal, body.reason)),
    }))
  }

  @Route(commentRoute)
  async comment(input: RouteInput<typeof commentRoute>): Promise<Answer> {
    const { params, principal } = input
    refuseUnless(principal, 'exception.comment', (await this.#find(params.id)).exception)
    return this.writes.run(input, async (tx) => {
      const at = this.clock.now()
      const comment = {
        id: uuidv7({ msecs: at.getTime() }),
        author: { id: principal.id, name: principal.name },
        at,
        text: input.body.text,
      }
      await this.comments.add(tx, params.id, comment)
      return { status: 201, body: { ...comment, at: at.toISOString() } }
    })
  }

  @Route(listCommentsRoute)
  async listComments({ params, query, principal }: RouteInput<typeof listCommentsRoute>) {
    refuseUnless(principal, 'exception.read', (await this.#find(params.id)).exception)
    const { items, ...rest } = await this.comments.page(params.id, query)
    return { items: items.map((comment) => ({ ...comment, at: comment.at.toISOString() })), ...rest }
  }

  async #export(
    format: ExportFormat,
    filters: Filters,
    sort: readonly SortTerm<Sort>[],
    principal: Principal,
  ): Promise<Answer> {
    if (!can(principal, 'exception.export')) {
      throw new Problem('NOT_PERMITTED', 'This needs the permission exceptions.export.')
    }
    const ids = await this.table.all(filters, sort)
    const records = readInTurn(this.exceptions, unpacked(ids, EXPORTED_AT_ONCE), filters.asOf)
    const day = (filters.asOf ?? this.clock.now()).toISOString().slice(0, 10)
    return {
      status: 200,
      headers: {
        'content-type': format === 'csv' ? 'text/csv; charset=utf-8; header=present' : EXPORT_TYPES[format],
        'content-disposition': `attachment; filename="exceptions-${day}.${format}"`,
        vary: 'accept',
      },
      body: exportOf(format, records),
    }
  }

  async #find(id: string): Promise<ExceptionRecord> {
    const record = await this.exceptions.find(id)
    if (record === null) throw new Problem('NOT_FOUND', 'There is no such exception.')
    return record
  }
}

// A few megabytes at most, where each has its longest texts.
const EXPORTED_AT_ONCE = 100

/** Whether a CSV is what the client wants rather than JSON; without a word, or for anything, it is JSON. */
function prefersCsv(accept: string | undefined): boolean {
  const quality = (type: string) => {
    const parts = (accept ?? '')
      .toLowerCase()
      .split(',')
      .map((part) => part.split(';').map((word) => word.trim()))
    const found = parts.find(([name]) => name === type)
    const q = found?.slice(1).find((parameter) => parameter.startsWith('q='))
    return found === undefined ? 0 : q === undefined ? 1 : Number(q.slice(2)) || 0
  }
  return quality('text/csv') > quality('application/json')
}

type AskedExpiration = RouteInput<typeof submitRoute>['body']['expiration']

const expirationOf = (asked: AskedExpiration): Expiration =>
  asked.type === 'at' ? { type: 'at', at: new Date(asked.at) } : asked

type AskedFilters = Omit<RouteInput<typeof listRoute>['query'], 'limit' | 'cursor' | 'sort' | 'export'>

function filtersOf(asked: AskedFilters, callerId: string): Filters {
  const people = (ids: readonly string[] | undefined) => ids?.map((id) => (id === 'me' ? callerId : id))
  // A day is its beginning in UTC: that is how Date reads one.
  const time = (text: string | undefined) => (text === undefined ? undefined : new Date(text))
  return {
    ...asked,
    requestedBy: people(asked.requestedBy),
    waitingFor: people(asked.waitingFor),
    approver: people(asked.approver),
    requestedAfter: time(asked.requestedAfter),
    requestedBefore: time(asked.requestedBefore),
    expiresAfter: time(asked.expiresAfter),
    expiresBefore: time(asked.expiresBefore),
    asOf: time(asked.asOf),
  }
}
