import { describe, expect, it } from 'vitest'
import { noticesOfTicket } from './notices-of-ticket.js'
import type { DueDateMove, TicketChange } from './ticket.js'
import { webhookEventsOfTicket } from './webhook-event.js'

const OLA = { id: 'ola', name: 'Ola' }
const MAX = { id: 'max', name: 'Max' }
const at = new Date('2026-03-10T09:00:00Z')

const change = (changes: Partial<TicketChange>): TicketChange => ({
  ticket: {
    id: 't',
    version: { incarnation: 1, n: 3 },
    title: 'Patch it',
    owner: OLA,
    status: 'open',
    dueDate: '2026-04-01',
    originalDueDate: '2026-03-20',
    external: null,
  },
  transition: 'other',
  move: null,
  givenFrom: null,
  at,
  publishedAt: at,
  by: MAX,
  ...changes,
})
const move = (changes: Partial<DueDateMove> = {}): DueDateMove => ({
  from: '2026-03-20',
  to: '2026-04-01',
  mover: 'manager',
  reason: 'Later.',
  exceptionId: null,
  policyVersion: null,
  ...changes,
})

describe('the owner of a ticket', () => {
  it.each<[string, Partial<TicketChange>, string | null]>([
    ['is told of one that was opened for them', { transition: 'opened' }, 'ticket_assigned'],
    ['is not told of one that they opened', { transition: 'opened', by: OLA }, null],
    ['is not told of one that a grouping rule opened', { transition: 'opened', by: null }, null],
    ['is told of one that was given to them', { transition: 'edited', givenFrom: MAX }, 'ticket_assigned'],
    ['is not told of an edit', { transition: 'edited' }, null],
    ['is told that a manager moved the date', { transition: 'dueDateMoved', move: move() }, 'ticket_due_date_moved'],
    [
      'is told that the other system moved it',
      { transition: 'dueDateMoved', move: move({ mover: 'external' }) },
      'ticket_due_date_moved',
    ],
    [
      'is told that the policy moved it',
      { transition: 'dueDateMoved', by: null, move: move({ mover: 'policy' }) },
      'ticket_due_date_moved',
    ],
    [
      'is not told of the first date by the policy',
      { transition: 'dueDateMoved', by: null, move: move({ mover: 'policy', from: null }) },
      null,
    ],
    [
      'hears of an exception by its own notices',
      { transition: 'dueDateMoved', move: move({ mover: 'exception', exceptionId: 'e' }) },
      null,
    ],
    ['is not told of what they did', { transition: 'dueDateMoved', by: OLA, move: move() }, null],
    ['is not told that it is done', { transition: 'done' }, null],
  ])('%s', (_, changes, kind) => {
    const notices = noticesOfTicket(change(changes))
    expect(notices.map((notice) => [notice.kind, notice.recipientId])).toEqual(kind === null ? [] : [[kind, 'ola']])
  })

  it('reads from where to where it moved, by whom and why', () => {
    expect(noticesOfTicket(change({ transition: 'dueDateMoved', move: move() }))[0]?.facts).toEqual({
      ticketTitle: 'Patch it',
      byName: 'Max',
      byPolicy: false,
      reason: 'Later.',
      dueDate: '2026-04-01',
      dueDateBefore: '2026-03-20',
    })
  })
})

describe('other systems', () => {
  it('hear of every move of a due date, with its cause and what they call the ticket', () => {
    const external = { source: 'jira', key: 'SEC-1', url: null }
    const base = change({})
    const told = change({ move: move(), ticket: { ...base.ticket, external } })
    expect(webhookEventsOfTicket({ ...told, transition: 'dueDateMoved' })).toMatchObject([
      {
        type: 'ticket.due_date_moved',
        key: 'tickets/t/1.3',
        data: {
          id: 't',
          external,
          dueDate: '2026-04-01',
          move: { from: '2026-03-20', to: '2026-04-01', cause: 'manager', reason: 'Later.' },
          by: MAX,
          version: 3,
        },
      },
    ])
    expect(webhookEventsOfTicket(told).map(({ type }) => type)).toEqual(['ticket.due_date_moved'])
  })

  it.each([
    ['opened', 'ticket.opened'],
    ['done', 'ticket.done'],
    ['reopened', 'ticket.reopened'],
    ['edited', null],
    ['other', null],
  ] as const)('hear of a ticket that is %s: %s', (transition, type) => {
    expect(webhookEventsOfTicket(change({ transition })).map((event) => event.type)).toEqual(
      type === null ? [] : [type],
    )
  })
})
