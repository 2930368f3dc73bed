import { describe, expect, it } from 'vitest'
import { consequencesOf, forceOf, type KnownException } from './exception-state.js'

const since = new Date('2026-03-01T00:00:00Z')
const end = new Date('2026-04-01T00:00:00Z')
const told = (extra: Partial<KnownException> = {}): KnownException => ({
  id: 'e',
  incarnation: 1,
  version: 1,
  name: 'n',
  status: 'active',
  effect: 'suppress',
  requesterId: 'r',
  approverIds: [],
  query: { id: 'q', name: 'n', folder: 'f', expression: 'kev' },
  requestedBy: { id: 'r', name: 'R' },
  requestedAt: since,
  appliedSince: since,
  expiresAt: end,
  endedAt: null,
  ...extra,
})
const stored = { status: 'active' as const, activeFrom: since, activeUntil: end }

describe('An exception is in force', () => {
  it('from its activation until its known end, or until it was ended before', () => {
    expect(forceOf(told())).toEqual({ from: since, until: end })
    expect(forceOf(told({ expiresAt: null }))).toEqual({ from: since, until: null })
    const early = new Date('2026-03-15T00:00:00Z')
    expect(forceOf(told({ status: 'deactivated', endedAt: early }))).toEqual({ from: since, until: early })
  })

  it('never, if it was never activated', () => {
    expect(forceOf(told({ status: 'denied', appliedSince: null, endedAt: end }))).toBeNull()
  })
})

describe('What follows', () => {
  it('from a request: it joins, and writers must know', () => {
    expect(consequencesOf(null, told({ status: 'pendingApproval', appliedSince: null }))).toEqual({
      newEpoch: true,
      joins: true,
      beginsForce: false,
      leaves: false,
    })
  })

  it('from an approval: it begins to be in force, and nothing is filled in again', () => {
    const waiting = { status: 'pendingApproval' as const, activeFrom: null, activeUntil: null }
    expect(consequencesOf(waiting, told())).toEqual({ newEpoch: true, joins: false, beginsForce: true, leaves: false })
  })

  it('from its end: it leaves', () => {
    expect(consequencesOf(stored, told({ status: 'expired', endedAt: end }))).toEqual({
      newEpoch: true,
      joins: false,
      beginsForce: false,
      leaves: true,
    })
  })

  it('from anything that changes neither: nothing', () => {
    expect(consequencesOf(stored, told({ version: 2, approverIds: ['other'] }))).toEqual({
      newEpoch: false,
      joins: false,
      beginsForce: false,
      leaves: false,
    })
  })

  it('from one that was over before it was heard of: nothing', () => {
    expect(consequencesOf(null, told({ status: 'expired', endedAt: end }))).toEqual({
      newEpoch: false,
      joins: false,
      beginsForce: false,
      leaves: false,
    })
  })
})
