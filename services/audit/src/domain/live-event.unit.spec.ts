import type { Permission, Principal } from '@reprieve/auth'
import { describe, expect, it } from 'vitest'
import { type LiveEvent, mayHear } from './live-event.js'
import { SUBJECT_KINDS, type SubjectKind } from './told.js'

const person = (permissions: readonly Permission[] = [], changes: Partial<Principal> = {}): Principal => ({
  id: 'me',
  name: 'Me',
  email: '',
  role: 'mine',
  kind: 'person',
  permissions: new Set(permissions),
  narrowed: false,
  tokenId: 't',
  ...changes,
})
const event = (kind: SubjectKind, id = 'thing', ownerId: string | null = null): LiveEvent => ({
  position: 1,
  at: new Date(0),
  type: `${kind}.changed`,
  subject: { kind, id },
  ownerId,
})
const exception = (requesterId: string, ...approverIds: string[]) => ({ requesterId, approverIds, decidingId: null })

/** By kind: the permissions of which each is enough. */
const ENOUGH: Readonly<Partial<Record<SubjectKind, readonly Permission[]>>> = {
  exception: ['exceptions.read'],
  query: ['instances.read'],
  rule: ['rules.manage', 'audit.read'],
  user: ['users.manage', 'audit.read'],
  role: ['users.manage', 'audit.read'],
  group: ['users.manage', 'audit.read'],
  accessToken: ['users.manage'],
  network: ['users.manage', 'audit.read'],
  report: ['operations.manage', 'audit.read'],
  reconciliation: ['operations.manage'],
  feedTake: ['operations.manage'],
  ticket: ['tickets.write', 'tickets.manage', 'audit.read'],
  groupingRule: ['tickets.manage', 'audit.read'],
  ticketSettings: ['tickets.manage', 'audit.read'],
  deadLetter: ['operations.manage'],
}
const ALL: readonly Permission[] = [
  'exceptions.request',
  'exceptions.read',
  'exceptions.export',
  'instances.read',
  'instances.publish',
  'queries.write',
  'rules.manage',
  'users.manage',
  'tickets.write',
  'tickets.manage',
  'operations.manage',
  'audit.read',
]

describe('who hears of something', () => {
  it.each(SUBJECT_KINDS)('of kind %s is whoever may read it, by one of its permissions and by no other', (kind) => {
    const heard = ALL.filter((permission) => mayHear(person([permission]), event(kind), null))
    expect(heard.sort()).toEqual([...(ENOUGH[kind] ?? [])].sort())
  })

  it('is whoever may send reports of their own, and of one that is taken in everyone who reads what it changed', () => {
    const done = { ...event('report', 'thing', 'me'), type: 'report.done' }
    expect(mayHear(person(['instances.read']), done, null)).toBe(true)
    expect(mayHear(person(['instances.read']), event('report', 'thing', 'me'), null)).toBe(false)
    expect(mayHear(person(['instances.publish']), event('report', 'thing', 'me'), null)).toBe(true)
    expect(mayHear(person(['instances.publish']), event('report', 'thing', 'other'), null)).toBe(false)
  })

  it('is the requester and any approver of an exception, without a permission', () => {
    expect(mayHear(person(), event('exception'), exception('me'))).toBe(true)
    expect(mayHear(person(), event('exception'), exception('other', 'another', 'me'))).toBe(true)
    expect(mayHear(person(), event('exception'), exception('other', 'another'))).toBe(false)
    expect(mayHear(person(), event('exception'), null)).toBe(false)
  })

  it('is not the holder of a token that was narrowed to other things', () => {
    const narrowed = person(['instances.read'], { narrowed: true })
    expect(mayHear(narrowed, event('exception'), exception('me', 'me'))).toBe(false)
    expect(mayHear(narrowed, event('query'), null)).toBe(true)
  })

  it('is oneself where it is one’s own account, role, token or notice', () => {
    expect(mayHear(person(), event('user', 'me'), null)).toBe(true)
    expect(mayHear(person(), event('role', 'mine'), null)).toBe(true)
    for (const kind of ['accessToken', 'notice'] as const) {
      expect(mayHear(person(), event(kind, 'thing', 'me'), null)).toBe(true)
      expect(mayHear(person(), event(kind, 'thing', 'other'), null)).toBe(false)
    }
  })
})
