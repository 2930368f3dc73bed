import { can, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { etagOf, Problem, requireMatch } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import { edit, finish, giveDueDate, open, reopen } from '../domain/changes.js'
import type { Day } from '../domain/day.js'
import { FIRST_POLICY } from '../domain/due-date-policy.js'
import { type Happening, refusal } from '../domain/phase.js'
import type { Changed, External, Person, Ticket, TicketStatus } from '../domain/ticket.js'
import { refusedBecause } from './access.js'
import { refuseInvalid } from './expression.js'
import { ownerOf } from './people-behind.js'
import type { SettingsStore } from './settings.port.js'
import type { Tickets } from './tickets.port.js'

/** What a ticket is made of, well-formed and not yet judged. */
export interface NewTicketSaid {
  title: string
  ownerId: string
  expression: string
  /** Absent: the policy gives it one. */
  dueDate?: Day | undefined
}

export interface TicketEdit {
  title?: string | undefined
  status?: TicketStatus | undefined
  ownerId?: string | undefined
  expression?: string | undefined
  dueDate?: Day | undefined
  /** Why the due date moves. */
  reason?: string | undefined
}

/** What another system says of a ticket that it keeps, too. */
export interface ExternalTicket extends NewTicketSaid {
  status?: TicketStatus | undefined
  url?: string | undefined
  /** When it said so. */
  saidAt?: Date | undefined
}

type Said = Readonly<Record<string, string | null>>

/** What people, and systems beside this one, do to tickets. What comes from exceptions, counts and the policy is elsewhere. */
export class TicketService {
  readonly #tickets: Tickets
  readonly #settings: SettingsStore
  readonly #people: People
  readonly #clock: Clock

  constructor(tickets: Tickets, settings: SettingsStore, people: People, clock: Clock) {
    this.#tickets = tickets
    this.#settings = settings
    this.#people = people
    this.#clock = clock
  }

  /** What only managers change. @throws Problem NOT_PERMITTED */
  permit({ ownerId, expression, dueDate }: TicketEdit, by: Principal): void {
    const isManagers = ownerId !== undefined || expression !== undefined || dueDate !== undefined
    if (!isManagers || can(by, 'ticket.manage')) return
    throw new Problem(
      'NOT_PERMITTED',
      'The due date, the query and the owner are for those with tickets.manage. An owner asks for an exception instead.',
    )
  }

  /** Judges what a ticket says, waiting for an owner not heard of yet: so before the transaction. @throws Problem USER_UNKNOWN, QUERY_INVALID */
  async check(said: { ownerId?: string | undefined; expression?: string | undefined }): Promise<Person | undefined> {
    if (said.expression !== undefined) refuseInvalid(said.expression, '/expression')
    return said.ownerId === undefined ? undefined : ownerOf(this.#people, said.ownerId)
  }

  /** @returns its id */
  async create(tx: Tx, said: NewTicketSaid, owner: Person, by: Principal): Promise<string> {
    const change = await this.#opened(tx, said, owner, person(by))
    await this.#tickets.add(tx, [{ change }])
    return change.ticket.id
  }

  /**
   * The caller has asked `permit`.
   * @throws Problem NOT_FOUND, PRECONDITION_FAILED, WRONG_STATUS, REQUEST_WAITS, DEFERRAL_ACTIVE
   */
  async edit(tx: Tx, id: string, ifMatch: string | null, asked: TicketEdit, owner: Person | undefined, by: Principal) {
    const locked = await this.#tickets.lock(tx, id)
    if (locked === null) throw new Problem('NOT_FOUND', 'There is no such ticket.')
    requireMatch(ifMatch, etagOf(locked.ticket.version))
    await this.#apply(tx, locked.ticket, { ...asked, owner }, 'manager', person(by))
  }

  /**
   * Takes in what another system says of a ticket. What it has not changed since it last spoke is left as it is here, so saying the same again
   * does nothing, and undoes nothing that was done here; nor does what it said before something that was taken in already.
   * @param by null: the other system, by itself
   * @returns its id, and whether it is new
   * @throws Problem WRONG_STATUS, REQUEST_WAITS, DEFERRAL_ACTIVE
   */
  async takeFromOutside(tx: Tx, place: External, asked: ExternalTicket, owner: Person, by: Person | null) {
    const locked = await this.#tickets.lockSource(tx, place.source, place.key)
    const lastSaid = locked?.sourceSaid?.['saidAt'] ?? null
    const saidAt = asked.saidAt?.toISOString() ?? null
    if (locked !== null && lastSaid !== null && saidAt !== null && saidAt < lastSaid) {
      return { id: locked.ticket.id, isNew: false }
    }
    const said: Said = {
      title: asked.title,
      ownerId: asked.ownerId,
      expression: asked.expression,
      dueDate: asked.dueDate ?? null,
      status: asked.status ?? null,
      url: asked.url ?? null,
      saidAt: saidAt ?? lastSaid,
    }
    if (locked === null) {
      const change = await this.#opened(tx, asked, owner, by, place)
      await this.#tickets.add(tx, [{ change, sourceSaid: said }])
      if (asked.status === 'done') await this.#apply(tx, change.ticket, { status: 'done' }, 'external', by)
      return { id: change.ticket.id, isNew: true }
    }
    const news = (name: Exclude<keyof ExternalTicket, 'saidAt'>) => said[name] !== (locked.sourceSaid?.[name] ?? null)
    await this.#apply(
      tx,
      locked.ticket,
      {
        ...(news('title') ? { title: asked.title } : {}),
        ...(news('ownerId') ? { owner } : {}),
        ...(news('expression') ? { expression: asked.expression } : {}),
        ...(news('dueDate') ? { dueDate: asked.dueDate } : {}),
        ...(news('status') ? { status: asked.status } : {}),
        ...(news('url') ? { external: place } : {}),
      },
      'external',
      by,
    )
    await this.#tickets.saveSourceSaid(tx, locked.ticket.id, said)
    return { id: locked.ticket.id, isNew: false }
  }

  async #opened(tx: Tx, said: NewTicketSaid, owner: Person, by: Person | null, external?: External): Promise<Changed> {
    const now = this.#clock.now()
    const { version } = await this.#settings.newest('dueDates', FIRST_POLICY, tx)
    return open(
      {
        id: uuidv7({ msecs: now.getTime() }),
        title: said.title,
        owner,
        expression: said.expression,
        dueDate: said.dueDate ?? null,
        ...(external === undefined ? {} : { external }),
      },
      by,
      version,
      now,
    )
  }

  async #apply(
    tx: Tx,
    before: Ticket,
    asked: Omit<TicketEdit, 'ownerId'> & { owner?: Person | undefined; external?: External },
    cause: 'manager' | 'external',
    actor: Person | null,
  ): Promise<void> {
    const now = this.#clock.now()
    const changes: Changed[] = []
    let ticket = before
    const take = (...made: ReadonlyArray<Changed | null>) => {
      for (const change of made) {
        if (change === null) continue
        changes.push(change)
        ticket = change.ticket
      }
    }
    const may = (happening: Happening) => {
      const refused = refusal(ticket, happening)
      if (refused !== null) throw refusedBecause(refused)
    }

    if (asked.status === 'open' && ticket.status === 'done') take(reopen(ticket, actor, now))
    if (isNews(asked.title, ticket.title)) may('rename')
    if (isNews(asked.owner?.id, ticket.owner.id)) may('changeOwner')
    if (isNews(asked.expression, ticket.expression)) {
      if (ticket.group !== null) throw queryOfRule()
      may('changeQuery')
    }
    take(edit(ticket, asked, actor, now))
    if (isNews(asked.dueDate, ticket.due?.day)) {
      may('moveDueDate')
      if (asked.dueDate !== undefined) {
        take(giveDueDate(ticket, asked.dueDate, { cause, actor, reason: asked.reason ?? null }, now))
      }
    }
    if (asked.status === 'done' && ticket.status === 'open') {
      await this.#tickets.markTicketDone(tx, ticket.id, now)
      take(...finish(ticket, await this.#live(tx, ticket), actor, now))
    }
    await this.#tickets.record(tx, changes)
  }

  /** What waits or is in force. */
  async #live(tx: Tx, ticket: Ticket): Promise<string[]> {
    if (ticket.waitingRequest === null && ticket.deferredBy === null) return []
    return (await this.#tickets.requests(tx, ticket.id))
      .filter(({ status }) => status === 'pendingApproval' || status === 'active')
      .map(({ exceptionId }) => exceptionId)
  }
}

function queryOfRule(): Problem {
  const detail = 'The query of a grouping rule’s ticket is its rule’s: edit the filter there.'
  return new Problem('INVALID', detail, { errors: [{ pointer: '/expression', detail }] })
}

const isNews = <T>(asked: T | undefined, known: T | undefined): boolean => asked !== undefined && asked !== known

const person = ({ id, name }: Principal): Person => ({ id, name })
