import { describe, expect, it } from 'vitest'
import { changedSearch } from '../../table/changed-search.js'
import { rightsToTicket } from './ticket-actions.js'
import { readTicketsSearch, type TicketsSearch, ticketFilterOf } from './tickets-search.js'

const OPEN = {
  status: 'open',
  owner: { id: 'dana', name: 'Dana' },
  waitingRequest: null,
  deferredBy: null,
  dueDate: '2026-03-01',
} as const
const owner = { id: 'dana', permissions: ['tickets.write' as const] }
const manager = { id: 'lena', permissions: ['tickets.manage' as const] }

describe('what is offered at a ticket', () => {
  it('lets its owner ask for an exception, and nobody else', () => {
    expect(rightsToTicket(OPEN, owner).requestException).toBe(true)
    expect(rightsToTicket(OPEN, manager).requestException).toBe(false)
  })

  it('offers no second request while one waits, none without a due date, none once it is done', () => {
    expect(rightsToTicket({ ...OPEN, waitingRequest: 'x' }, owner).requestException).toBe(false)
    expect(rightsToTicket({ ...OPEN, dueDate: null }, owner).requestException).toBe(false)
    expect(rightsToTicket({ ...OPEN, status: 'done' }, owner).requestException).toBe(false)
  })

  it('leaves the due date to managers, and to nobody while a deferral is in force', () => {
    expect(rightsToTicket(OPEN, owner).moveDueDate).toBe(false)
    expect(rightsToTicket(OPEN, manager).moveDueDate).toBe(true)
    expect(rightsToTicket({ ...OPEN, deferredBy: 'x' }, manager)).toMatchObject({ moveDueDate: false, manage: true })
  })

  it('opens again only what is done, and leaves readers nothing', () => {
    expect(rightsToTicket({ ...OPEN, status: 'done' }, owner)).toMatchObject({
      finish: false,
      reopen: true,
      edit: false,
    })
    expect(Object.values(rightsToTicket(OPEN, { id: 'olu', permissions: ['audit.read'] })).some(Boolean)).toBe(false)
  })
})

describe('the address of Tickets', () => {
  it('keeps what it knows and drops what anybody else wrote', () => {
    expect(readTicketsSearch({ show: 'overdue', mine: 'true', severity: 'high', form: 'request', evil: 1 })).toEqual({
      show: 'overdue',
      mine: true,
      severity: 'high',
      form: 'request',
    })
    expect(readTicketsSearch({ show: 'open', severity: 'worst', form: 'x', part: 7 })).toEqual({})
  })

  it('asks the API for the tab and what narrows it', () => {
    expect(ticketFilterOf({ mine: true, text: 'log4j' })).toEqual({
      status: ['open'],
      ownerId: ['me'],
      text: ['log4j'],
    })
    expect(ticketFilterOf({ show: 'overdue', sort: 'title' })).toEqual({ overdue: true, sort: 'title' })
    expect(changedSearch<TicketsSearch>({ text: 'a', mine: true }, { text: '' })).toEqual({ mine: true })
  })
})
