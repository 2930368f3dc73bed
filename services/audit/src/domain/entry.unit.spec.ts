import { describe, expect, it } from 'vitest'
import { follow, type Placed, sealOf } from './chain.js'
import { changesBetween } from './change.js'
import { entryOf, isJournalled, isKept } from './entry.js'
import type { Told } from './told.js'

const told = (changes: Partial<Told> = {}): Told => ({
  eventId: 'e',
  at: new Date('2026-03-01T12:00:00Z'),
  actor: null,
  kind: 'user',
  id: 'u',
  name: 'Rita',
  version: { incarnation: 1, n: 2 },
  verb: null,
  state: { active: true, role: 'a' },
  replay: false,
  traceId: null,
  ownerId: null,
  ...changes,
})
const known = (n: number, state = told().state) => ({ version: { incarnation: 1, n }, name: 'Rita', state })

describe('an entry', () => {
  it('says what the event changed, compared with the state before it', () => {
    const entry = entryOf(told({ state: { active: true, role: 'b' } }), known(1), null)
    expect(entry).toMatchObject({ type: 'user.changed', changes: [{ field: 'role', from: 'a', to: 'b' }] })
    expect(entryOf(told({ state: { active: false, role: 'a' } }), known(1), null).type).toBe('user.deactivated')
    expect(entryOf(told({ version: { incarnation: 1, n: 1 } }), null, null).type).toBe('user.created')
  })

  it('of an event that comes after a newer one is compared with nothing', () => {
    const late = entryOf(told({ version: { incarnation: 1, n: 1 } }), known(5), null)
    expect(late.changes).toEqual([
      { field: 'active', from: null, to: true },
      { field: 'role', from: null, to: 'a' },
    ])
  })

  it('is made of no replay, count or notice', () => {
    expect(isJournalled(told())).toBe(true)
    for (const one of [told({ replay: true }), told({ kind: 'coverage' }), told({ kind: 'notice' })]) {
      expect(isJournalled(one)).toBe(false)
    }
  })

  it('of what somebody did is their user’s, and is compared with nothing', () => {
    const signedIn = told({ kind: 'activity', verb: 'signedIn', state: { network: '203.0.113.9' } })
    expect(entryOf(signedIn, null, null)).toMatchObject({
      type: 'user.signedIn',
      subject: { kind: 'user', id: 'u', name: 'Rita' },
      changes: [{ field: 'network', from: null, to: '203.0.113.9' }],
    })
    expect(isJournalled(signedIn)).toBe(true)
    // It must not stand for what the user is.
    expect([isKept(signedIn), isKept(told({ kind: 'network' })), isKept(told())]).toEqual([false, false, true])
  })

  it('tells members in the order of their names, none that is empty on both sides, and cuts what is very long', () => {
    const changes = changesBetween(null, { z: 1, a: [], b: '', c: { deep: ['x'.repeat(10_001)] }, id: '1', version: 3 })
    expect(changes.map(({ field }) => field)).toEqual(['c', 'z'])
    expect(JSON.stringify(changes)).toContain('(10001 characters)')
    expect(changesBetween({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } })).toEqual([])
    expect(changesBetween({ a: 1 }, {})).toEqual([{ field: 'a', from: 1, to: null }])
  })
})

describe('the chain', () => {
  const start = { position: 0, hash: new Uint8Array(32) }
  const chain = (count: number) => {
    let previous: Uint8Array = start.hash
    return Array.from({ length: count }, (_, index): Placed & { hash: Uint8Array } => {
      const placed = { ...entryOf(told(), known(1), null), position: index + 1, recordedAt: new Date(0) }
      previous = sealOf(previous, placed)
      return { ...placed, hash: previous }
    })
  }

  it('holds as it was made, and breaks at whatever was changed, taken out or put in', () => {
    const entries = chain(5)
    expect(follow(start, entries)).toMatchObject({ last: { position: 5 }, fault: null })
    const [first, second, third, ...rest] = entries as [Placed & { hash: Uint8Array }, ...typeof entries]
    for (const change of [
      { type: 'user.created' },
      { at: new Date(1) },
      { recordedAt: new Date(1) },
      { actor: { id: 'x', name: 'x' } },
      { subject: { kind: 'user' as const, id: 'u', name: 'Other' } },
      { changes: [{ field: 'a', from: null, to: 1 }] },
      { traceId: 'x' },
      { eventId: 'x' },
    ]) {
      const forged = [first, { ...second, ...change } as Placed & { hash: Uint8Array }]
      expect(follow(start, forged)).toMatchObject({ last: { position: 1 }, fault: 'changed' })
    }
    expect(follow(start, [first, third, ...rest] as typeof entries)).toMatchObject({ fault: 'missing' })
    expect(follow(start, [first, first])).toMatchObject({ fault: 'missing' })
  })
})
