import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Permission } from '@reprieve/auth'
import type { ManualClock } from '@reprieve/clock'
import { exceptions, tickets } from '@reprieve/contracts'
import { ServiceUnderTest, type TestAnswer, type TestEventOf, type TestPerson } from '@reprieve/testing'
import { v7 as uuidv7 } from 'uuid'
import { ticketsService } from '../src/index.js'

const MANAGER: Permission[] = ['tickets.write', 'tickets.manage', 'exceptions.request']

/** How an exception stands, as its owner would tell of it. */
export interface ExceptionTold {
  status: exceptions.Status
  reviewer: { id: string; name: string }
  decision?: { approved: boolean; by: { id: string; name: string }; at: Date; comment?: string }
  appliedSince?: Date
  ended?: { at: Date; by?: { id: string; name: string }; reason?: string }
}

export interface BucketTold {
  severity?: string
  criticality?: string
  kev?: boolean
  instances?: number
  firstSeen: Date
}

/** The tickets service with a company around it: Ola and Otto own tickets, Max manages, Ann, Ben and Cem review, Ada audits. */
export class World {
  readonly service: ServiceUnderTest
  readonly clock: ManualClock
  readonly people: Record<'ola' | 'otto' | 'max' | 'ann' | 'ben' | 'cem' | 'ada' | 'wim' | 'zoe', TestPerson>
  readonly groupId = uuidv7()
  readonly #versions = new Map<string, number>()

  private constructor(service: ServiceUnderTest, clock: ManualClock, people: World['people']) {
    this.service = service
    this.clock = clock
    this.people = people
  }

  static async start(clock: ManualClock): Promise<World> {
    const service = await ServiceUnderTest.start(ticketsService, { clock })
    await service.role('owner', 'exceptions.request')
    await service.role('manager', ...MANAGER)
    await service.role('auditor', 'audit.read')
    await service.role('writer', 'tickets.write')
    const people = {
      ola: await service.person('Ola', { role: 'owner' }),
      otto: await service.person('Otto', { role: 'owner' }),
      max: await service.person('Max', { role: 'manager' }),
      ann: await service.person('Ann'),
      ben: await service.person('Ben'),
      cem: await service.person('Cem'),
      ada: await service.person('Ada', { role: 'auditor' }),
      wim: await service.person('Wim', { role: 'writer' }),
      zoe: await service.person('Zoe'),
    }
    const world = new World(service, clock, people)
    const memberIds = [people.ben.id, people.cem.id, people.ola.id]
    await service.tell({ case: 'group', value: { id: world.groupId, name: 'Reviewers', memberIds } })
    return world
  }

  close(): Promise<void> {
    return this.service.close()
  }

  get today(): string {
    return this.clock.now().toISOString().slice(0, 10)
  }

  /** So many days from today; negative: before it. */
  day(days: number): string {
    return new Date(this.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
  }

  /** Owners may ask, and Ann reviews, with changes. */
  async settings(changes: Record<string, unknown> = {}): Promise<TestAnswer> {
    const { max, ann } = this.people
    const { headers } = await max.get('/settings/exceptions')
    const settings = { requesterRoles: ['owner'], reviewerRules: [], fallbackReviewerId: ann.id, ...changes }
    return max.call('PUT', '/settings/exceptions', settings, { 'if-match': headers.get('etag') ?? '' })
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
  async ticket(changes: Record<string, unknown> = {}): Promise<any> {
    const { max, ola } = this.people
    const { status, body } = await max.post('/tickets', {
      title: 'Patch log4j',
      ownerId: ola.id,
      expression: 'component.name == "log4j-core"',
      dueDate: this.day(10),
      ...changes,
    })
    if (status !== 201) throw new Error(`refused: ${JSON.stringify(body)}`)
    return body
  }

  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
  async read(id: string): Promise<any> {
    return (await this.people.max.get(`/tickets/${id}`)).body
  }

  async patch(id: string, body: Record<string, unknown>, by: TestPerson = this.people.max): Promise<TestAnswer> {
    const { version } = await this.read(id)
    return by.call('PATCH', `/tickets/${id}`, body, { 'if-match': `"${version}"` })
  }

  /** A request that is right, with changes. */
  request(changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      justification: 'The vendor ships the fix next month.',
      riskAcknowledged: true,
      useCase: 'fixUnavailable',
      proposedDueDate: this.day(40),
      ...changes,
    }
  }

  /** Asks, and tells as `exceptions` would that the exception was made, so that the answer does not wait for it. */
  async ask(
    ticketId: string,
    changes: Record<string, unknown> = {},
    by: TestPerson = this.people.ola,
    headers: Record<string, string> = {},
  ): Promise<TestAnswer> {
    const asked = by.post(`/tickets/${ticketId}/exceptions`, this.request(changes), headers)
    const told = this.#tellMade(ticketId, asked)
    const answer = await asked
    await told
    return answer
  }

  /** Asks, and it was right. @returns the exception */
  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
  async asked(ticketId: string, changes: Record<string, unknown> = {}): Promise<any> {
    const { status, body } = await this.ask(ticketId, changes)
    if (status !== 201) throw new Error(`refused: ${JSON.stringify(body)}`)
    return body
  }

  async tell(exceptionId: string, ticketId: string, told: ExceptionTold, version?: number): Promise<void> {
    const n = version ?? (this.#versions.get(exceptionId) ?? 0) + 1
    this.#versions.set(exceptionId, Math.max(n, this.#versions.get(exceptionId) ?? 0))
    await this.service.publish('exceptions.v1', {
      subjectId: exceptionId,
      version: n,
      body: { body: { case: 'change', value: { exception: exceptionBody(exceptionId, ticketId, told) } } },
    })
  }

  async approve(exceptionId: string, ticketId: string, reviewer: TestPerson = this.people.ann): Promise<Date> {
    const at = this.clock.now()
    const { id, name } = reviewer
    await this.tell(exceptionId, ticketId, {
      status: exceptions.Status.ACTIVE,
      reviewer: { id, name },
      decision: { approved: true, by: { id, name }, at, comment: 'Until then.' },
      appliedSince: at,
    })
    await this.until(ticketId, (ticket) => statusOf(ticket, exceptionId) === 'active')
    return at
  }

  async end(
    exceptionId: string,
    ticketId: string,
    status: exceptions.Status,
    { by, reason, since }: { by?: TestPerson; reason?: string; since?: Date } = {},
  ): Promise<void> {
    const { id, name } = this.people.ann
    await this.tell(exceptionId, ticketId, {
      status,
      reviewer: { id, name },
      ...(since === undefined
        ? {}
        : { appliedSince: since, decision: { approved: true, by: { id, name }, at: since } }),
      ended: {
        at: this.clock.now(),
        ...(by === undefined ? {} : { by: { id: by.id, name: by.name } }),
        ...(reason === undefined ? {} : { reason }),
      },
    })
    await this.until(ticketId, (ticket) => !['pendingApproval', 'active'].includes(statusOf(ticket, exceptionId)))
  }

  /** What scope would count of a ticket's query. */
  async count(ticketId: string, version: number, open: BucketTold[], { queryVersion = 1, closed = 0 } = {}) {
    const tally = this.#tally(open, closed)
    await this.service.publish('ticket-counts.v1', {
      subjectId: ticketId,
      version,
      body: { subject: { case: 'ticket', value: { ticketId, queryVersion, tally } } },
    })
  }

  /** What scope would count of a group. */
  async countGroup(
    rule: { id: string; queryVersion?: number },
    key: Record<string, string>,
    version: number,
    open: BucketTold[],
    assetName = '',
  ) {
    const value = { ruleId: rule.id, ruleVersion: rule.queryVersion ?? 1, key, assetName, tally: this.#tally(open, 0) }
    await this.service.publish('ticket-counts.v1', {
      subjectId: `group/${rule.id}/${JSON.stringify(key)}`,
      version,
      body: { subject: { case: 'group', value } },
    })
  }

  /** @returns it, once it is as wanted */
  // biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
  async until(id: string, wanted: (ticket: any) => boolean, withinMs = 5_000): Promise<any> {
    const deadline = performance.now() + withinMs
    for (;;) {
      const ticket = await this.read(id)
      if (wanted(ticket)) return ticket
      if (performance.now() > deadline) throw new Error(`after ${withinMs} ms it is ${JSON.stringify(ticket)}`)
      await pause()
    }
  }

  /** What was published of a ticket, oldest first. */
  async told(id: string, atLeast: number): Promise<tickets.TicketChange[]> {
    const events = () =>
      this.service
        .published('tickets.v1')
        .flatMap(({ subject }: TestEventOf<'tickets.v1'>) =>
          subject.case === 'ticket' && subject.value.ticket?.id === id ? [subject.value] : [],
        )
    for (let tries = 0; events().length < atLeast && tries < 500; tries++) await pause()
    return events()
  }

  async #tellMade(ticketId: string, asked: Promise<TestAnswer>): Promise<void> {
    let answered = false
    void asked.finally(() => {
      answered = true
    })
    const database = this.service.database.open<{
      ticket_request: {
        exception_id: string
        ticket_id: string
        version: number
        reviewer_id: string
        reviewer_name: string
      }
    }>()
    while (!answered) {
      const made = await database.db
        .selectFrom('ticket_request')
        .selectAll()
        .where('ticket_id', '=', ticketId)
        .where('version', '=', 0)
        .executeTakeFirst()
      if (made !== undefined) {
        const reviewer = { id: made.reviewer_id, name: made.reviewer_name }
        return this.tell(made.exception_id, ticketId, { status: exceptions.Status.PENDING_APPROVAL, reviewer }, 1)
      }
      await pause()
    }
  }

  #tally(open: BucketTold[], closed: number) {
    return {
      open: open.map(({ severity = 'high', criticality = '', kev = false, instances = 1, firstSeen }) => ({
        severity,
        criticality,
        kev,
        instances: BigInt(instances),
        firstSeen: timestampFromDate(firstSeen),
      })),
      closed: BigInt(closed),
      asOf: timestampFromDate(this.clock.now()),
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 10))

// biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
const statusOf = (ticket: any, exceptionId: string): string =>
  ticket.exceptions.find(({ id }: { id: string }) => id === exceptionId)?.status

const exceptionBody = (id: string, ticketId: string, told: ExceptionTold) => ({
  id,
  kind: exceptions.Kind.TICKET,
  effect: exceptions.Effect.DEFER,
  ticketId,
  status: told.status,
  steps: [
    {
      approver: told.reviewer,
      ...(told.decision === undefined
        ? {}
        : {
            decision: told.decision.approved ? exceptions.Decision.APPROVED : exceptions.Decision.DENIED,
            decidedAt: timestampFromDate(told.decision.at),
            decidedBy: told.decision.by,
            comment: told.decision.comment ?? '',
          }),
    },
  ],
  ...(told.appliedSince === undefined ? {} : { appliedSince: timestampFromDate(told.appliedSince) }),
  ...(told.ended === undefined
    ? {}
    : {
        ended: {
          at: timestampFromDate(told.ended.at),
          ...(told.ended.by === undefined ? {} : { by: told.ended.by }),
          reason: told.ended.reason ?? '',
        },
      }),
})

export const { Status: ExceptionStatus } = exceptions
export const { Transition: TicketTransition } = tickets
