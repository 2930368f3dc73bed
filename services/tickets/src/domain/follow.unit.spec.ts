import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finish, giveDueDate, open, requestException } from './changes.js'
import { addDays, type Day } from './day.js'
import { dateBefore, follow, type Told } from './follow.js'
import { refusal } from './phase.js'
import type { Changed, DueDateMove, Request, Ticket } from './ticket.js'

const OLA = { id: 'ola', name: 'Ola' }
const ANN = { id: 'ann', name: 'Ann' }
const MAX = { id: 'max', name: 'Max' }
const T0 = new Date('2028-02-27T22:00:00Z')

/** A ticket with its history, as the service would keep it. */
class Life {
  ticket: Ticket
  readonly moves: DueDateMove[] = []
  readonly requests = new Map<string, Request>()
  now = T0

  constructor() {
    const opening = { id: 't', title: 'Patch it', owner: OLA, expression: 'kev', dueDate: '2028-03-10' }
    this.ticket = this.#take([open(opening, MAX, 0, T0)])
  }

  get due(): Day | undefined {
    return this.ticket.due?.day
  }

  tick(): void {
    this.now = new Date(this.now.getTime() + 60_000)
  }

  ask(days: number): string | null {
    this.tick()
    if (refusal(this.ticket, 'requestException') !== null || this.due === undefined) return null
    const ordinal = this.requests.size + 1
    const request: Request = {
      exceptionId: `e${ordinal}`,
      ticketId: 't',
      ordinal,
      requestedBy: OLA,
      requestedAt: this.now,
      name: 'Patch it',
      justification: 'Later.',
      useCase: 'other',
      evidenceLink: null,
      evidenceIds: [],
      proposedDueDate: addDays(this.due, days),
      query: { id: `q${ordinal}`, expression: 'kev' },
      assignedId: ANN.id,
      assignedBy: null,
      candidateIds: [ANN.id],
      ticketDoneAt: null,
      status: 'pendingApproval',
      reviewer: ANN,
      decidedAt: null,
      appliedSince: null,
      endedAt: null,
    }
    this.requests.set(request.exceptionId, request)
    this.#take([requestException(this.ticket, request)])
    return request.exceptionId
  }

  tell(id: string, told: Told): void {
    const request = this.requests.get(id)
    if (request === undefined) throw new Error(`there is no ${id}`)
    const around = {
      moves: this.moves,
      requests: [...this.requests.values()],
      policyVersion: 0,
      actor: null,
      at: this.now,
    }
    const followed = follow(this.ticket, request, told, around)
    this.requests.set(id, followed.request)
    this.#take(followed.changes)
  }

  edit(days: number): void {
    this.tick()
    if (this.due === undefined || refusal(this.ticket, 'moveDueDate') !== null) return
    const moved = giveDueDate(
      this.ticket,
      addDays(this.due, days),
      { cause: 'manager', actor: MAX, reason: null },
      this.now,
    )
    if (moved !== null) this.#take([moved])
  }

  finish(): void {
    this.tick()
    const live = [...this.requests.values()].filter(({ status }) => ['pendingApproval', 'active'].includes(status))
    for (const request of live) this.requests.set(request.exceptionId, { ...request, ticketDoneAt: this.now })
    this.#take(
      finish(
        this.ticket,
        live.map(({ exceptionId }) => exceptionId),
        OLA,
        this.now,
      ),
    )
  }

  #take(changes: readonly Changed[]): Ticket {
    for (const { ticket, move } of changes) {
      this.ticket = ticket
      if (move !== null) this.moves.push(move)
    }
    return this.ticket
  }
}

const pending: Told = { status: 'pendingApproval', reviewer: ANN, decided: null, appliedSince: null, ended: null }
const approvedAt = (at: Date): Told => ({
  ...pending,
  status: 'active',
  decided: { approved: true, at, by: ANN, comment: null },
  appliedSince: at,
})
const deactivatedAt = (since: Date, at: Date, by: typeof ANN | null = ANN): Told => ({
  ...approvedAt(since),
  status: 'deactivated',
  ended: { at, by, reason: by === null ? 'ticket done' : 'Back.' },
})

describe('what a ticket makes of its exception', () => {
  it('approved and taken back is as it was, over a leap day', () => {
    const life = new Life()
    const id = life.ask(1) ?? ''
    life.tick()
    const since = life.now
    life.tell(id, approvedAt(since))
    expect([life.due, life.ticket.deferredBy, life.ticket.waitingRequest]).toEqual(['2028-03-11', id, null])
    life.tick()
    life.tell(id, deactivatedAt(since, life.now))
    expect([life.due, life.ticket.deferredBy]).toEqual(['2028-03-10', null])
  })

  it('approved before the ticket was done moves the date, also where that is heard of after; approved after it does not', () => {
    for (const [beforeDone, due] of [
      [true, '2028-03-15'],
      [false, '2028-03-10'],
    ] as const) {
      const life = new Life()
      const id = life.ask(5) ?? ''
      life.tick()
      const early = life.now
      life.finish()
      life.tick()
      const since = beforeDone ? early : life.now
      life.tell(id, approvedAt(since))
      expect([life.due, life.ticket.deferredBy]).toEqual([due, null])
      life.tell(id, deactivatedAt(since, life.now, null))
      expect(life.due).toBe(due)
    }
  })

  it('is the same whether each stage is told, or the last alone', () => {
    const since = new Date(T0.getTime() + 120_000)
    const end = new Date(T0.getTime() + 180_000)
    const tellings: Told[][] = [
      [approvedAt(since), deactivatedAt(since, end)],
      [deactivatedAt(since, end)],
      [pending, deactivatedAt(since, end), deactivatedAt(since, end)],
    ]
    const ends = tellings.map((told) => {
      const life = new Life()
      life.ask(5)
      for (const one of told) life.tell('e1', one)
      return { due: life.due, moves: life.moves, deferredBy: life.ticket.deferredBy }
    })
    expect(ends[1]).toEqual(ends[0])
    expect(ends[2]).toEqual(ends[0])
  })

  it('never moves a due date without a move, and every move begins where the last one ended, whatever happens', () => {
    const step = fc.oneof(
      fc.tuple(fc.constant('ask'), fc.integer({ min: 1, max: 400 })),
      fc.tuple(fc.constant('edit'), fc.integer({ min: -400, max: 400 })),
      fc.tuple(fc.constantFrom('approve', 'deny', 'deactivate', 'expire'), fc.nat(9)),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const life = new Life()
        for (const [what, days] of steps) {
          const before = { due: life.due, moves: life.moves.length, deferred: life.ticket.deferredBy }
          happen(life, what, days)
          if (life.moves.length === before.moves) expect(life.due).toBe(before.due)
          if (what === 'edit' && before.deferred !== null) expect(life.due).toBe(before.due)
          expect(life.moves.map(({ from }) => from)).toEqual([null, ...life.moves.slice(0, -1).map(({ to }) => to)])
          expect(life.due).toBe(life.moves.at(-1)?.to)
          const active = [...life.requests.values()].filter(({ status }) => status === 'active')
          expect(life.ticket.deferredBy).toBe(active.at(-1)?.exceptionId ?? null)
        }
      }),
    )
  })
})

function happen(life: Life, what: string, days: number): void {
  if (what === 'ask') life.ask(days)
  if (what === 'edit') life.edit(days)
  life.tick()
  const all = [...life.requests.values()]
  const waiting = all.find(({ status }) => status === 'pendingApproval')
  const active = all.filter(({ status }) => status === 'active')
  const one = active[days % Math.max(1, active.length)]
  if (what === 'approve' && waiting !== undefined) life.tell(waiting.exceptionId, approvedAt(life.now))
  if (what === 'deny' && waiting !== undefined) {
    const decided = { approved: false, at: life.now, by: ANN, comment: 'No.' }
    life.tell(waiting.exceptionId, {
      ...pending,
      status: 'denied',
      decided,
      ended: { at: life.now, by: ANN, reason: 'No.' },
    })
  }
  if (one?.appliedSince && what === 'deactivate') life.tell(one.exceptionId, deactivatedAt(one.appliedSince, life.now))
  if (one?.appliedSince && what === 'expire') {
    const ended = { at: life.now, by: null, reason: null }
    life.tell(one.exceptionId, { ...approvedAt(one.appliedSince), status: 'expired', ended })
  }
}

describe('where a due date goes back to', () => {
  const move = (n: number, from: string | null, to: string, exceptionId: string | null = null): DueDateMove => ({
    n,
    from,
    to,
    at: T0,
    cause: exceptionId === null ? 'opened' : 'approved',
    actor: MAX,
    reason: null,
    exceptionId,
    policyVersion: null,
  })
  const moves = [
    move(1, null, '2028-01-01'),
    move(2, '2028-01-01', '2028-02-01', 'a'),
    move(3, '2028-02-01', '2028-03-01', 'b'),
  ]

  it('is before it, and before those that were taken back', () => {
    expect(dateBefore(moves, 'b', new Set())).toBe('2028-02-01')
    expect(dateBefore(moves, 'b', new Set(['a']))).toBe('2028-01-01')
    expect(dateBefore(moves, 'a', new Set())).toBe('2028-01-01')
  })

  it('is nowhere for one that never moved it, and where somebody else has moved it since', () => {
    expect(dateBefore(moves, 'c', new Set())).toBeNull()
    expect(
      dateBefore([...moves, { ...move(4, '2028-03-01', '2028-04-01'), cause: 'manager' }], 'b', new Set()),
    ).toBeNull()
  })
})
