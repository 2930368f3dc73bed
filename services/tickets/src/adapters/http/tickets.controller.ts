import { Controller, Inject } from '@nestjs/common'
import type { Clock } from '@reprieve/clock'
import { type Answer, etagOf, Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { CLOCK, WRITES } from '@reprieve/service-host'
import { refuseUnlessReader } from '../../application/access.js'
import { RequestException } from '../../application/request-exception.js'
import { TicketService } from '../../application/ticket.service.js'
import type { TicketRecord } from '../../application/tickets.port.js'
import { dayOf } from '../../domain/day.js'
import { instancesIn } from '../../domain/tally.js'
import type { Person } from '../../domain/ticket.js'
import type { Reader, TicketsTables } from '../postgres/tables.js'
import { TicketTableRepository } from '../postgres/ticket-table.repository.js'
import { TicketsRepository } from '../postgres/tickets.repository.js'
import { toRequestedExceptionView } from './requested-exception.view.js'
import { toTicketView, toUpdateView } from './ticket.view.js'
import {
  createTicket,
  editTicket,
  listTickets,
  listTicketUpdates,
  putExternalTicket,
  readTicket,
  requestFromTicket,
} from './tickets.routes.js'

const noSuchTicket = () => new Problem('NOT_FOUND', 'There is no such ticket.')

@Controller()
export class TicketsController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<TicketsTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TicketsRepository) private readonly tickets: TicketsRepository,
    @Inject(TicketTableRepository) private readonly table: TicketTableRepository,
    @Inject(TicketService) private readonly service: TicketService,
    @Inject(RequestException) private readonly requests: RequestException,
  ) {}

  @Route(listTickets)
  async list({ query, principal }: RouteInput<typeof listTickets>) {
    const { limit, cursor, sort, ...filters } = query
    const ownerId = filters.ownerId?.map((owner) => (owner === 'me' ? principal.id : owner))
    const today = dayOf(this.clock.now())
    const { items, ...rest } = await this.table.page({ ...filters, ownerId }, today, { limit, cursor, sort })
    return { items: await this.#views(await this.tickets.findAll(items)), ...rest }
  }

  @Route(readTicket)
  async read({ params, principal }: RouteInput<typeof readTicket>): Promise<Answer> {
    const record = await this.tickets.find(params.id)
    if (record === null) throw noSuchTicket()
    const requests = await this.tickets.requestsOf([params.id])
    refuseUnlessReader(principal, record.ticket, requests.get(params.id) ?? [])
    return this.#answer(200, record)
  }

  @Route(listTicketUpdates)
  async updates({ params, query, principal }: RouteInput<typeof listTicketUpdates>) {
    const record = await this.tickets.find(params.id)
    if (record === null) throw noSuchTicket()
    const requests = await this.tickets.requestsOf([params.id])
    refuseUnlessReader(principal, record.ticket, requests.get(params.id) ?? [])
    const { items, ...rest } = await this.table.updates(params.id, query)
    return { items: items.map(toUpdateView), ...rest }
  }

  @Route(createTicket)
  async create(input: RouteInput<typeof createTicket>): Promise<Answer> {
    const owner = someone(await this.service.check(input.body))
    return this.writes.run(input, async (tx) => {
      const id = await this.service.create(tx, input.body, owner, input.principal)
      return this.#written(201, id, tx)
    })
  }

  @Route(editTicket)
  async edit(input: RouteInput<typeof editTicket>): Promise<Answer> {
    const { params, body, principal, ifMatch } = input
    this.service.permit(body, principal)
    const owner = await this.service.check(body)
    return this.writes.run(input, async (tx) => {
      await this.service.edit(tx, params.id, ifMatch, body, owner, principal)
      return this.#written(200, params.id, tx)
    })
  }

  @Route(requestFromTicket)
  async request(input: RouteInput<typeof requestFromTicket>): Promise<Answer> {
    const { params, body, principal } = input
    // A request that is repeated is answered as before, whatever has become of the ticket by its first one.
    const kept = await this.writes.find(input)
    if (kept !== null) return kept
    const checked = await this.requests.check(params.id, body, principal)
    let exceptionId: string | null = null
    const answer = await this.writes.run(input, async (tx) => {
      const request = await this.requests.store(tx, checked, principal)
      exceptionId = request.exceptionId
      const [record] = await this.tickets.findAll([params.id], tx)
      return {
        status: 201,
        body: toRequestedExceptionView(request, instancesIn(record?.counts.tally ?? [])),
        headers: { location: `/api/v1/exceptions/${request.exceptionId}` },
      }
    })
    if (exceptionId !== null) await this.requests.awaitException(exceptionId)
    return answer
  }

  @Route(putExternalTicket)
  async putExternal(input: RouteInput<typeof putExternalTicket>): Promise<Answer> {
    const { params, body, principal } = input
    const owner = someone(await this.service.check(body))
    return this.writes.run(input, async (tx) => {
      const place = { ...params, url: body.url ?? null }
      const { id, isNew } = await this.service.takeFromOutside(tx, place, body, owner, {
        id: principal.id,
        name: principal.name,
      })
      return this.#written(isNew ? 201 : 200, id, tx)
    })
  }

  /** The answer to a write, as its transaction leaves the ticket. */
  async #written(status: number, id: string, tx: Reader): Promise<Answer> {
    const [record] = await this.tickets.findAll([id], tx)
    if (record === undefined) throw noSuchTicket()
    return this.#answer(status, record, tx)
  }

  async #answer(status: number, record: TicketRecord, db?: Reader): Promise<Answer> {
    const [body] = await this.#views([record], db)
    const { id, version } = record.ticket
    return {
      status,
      body,
      headers: { etag: etagOf(version), ...(status === 201 ? { location: `/api/v1/tickets/${id}` } : {}) },
    }
  }

  async #views(records: readonly TicketRecord[], db?: Reader) {
    const requests = await this.tickets.requestsOf(
      records.map(({ ticket }) => ticket.id),
      db,
    )
    const ids = [...requests.values()].flatMap((ofOne) => ofOne.map(({ exceptionId }) => exceptionId))
    const updates = await this.tickets.updatesOf(ids, db)
    const now = this.clock.now()
    return records.map((record) => toTicketView(record, requests.get(record.ticket.id) ?? [], updates, now))
  }
}

/** The body of these routes has an owner, so there is one. */
function someone(owner: Person | undefined): Person {
  if (owner === undefined) throw new Problem('USER_UNKNOWN', 'A ticket has an owner.')
  return owner
}
