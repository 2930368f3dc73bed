import { describe, expect, it } from 'vitest'
import { type Action, can, type ExceptionResource, type ResourceOf, TRUTH_TABLE } from './can.js'
import { PERMISSIONS, type Permission } from './permissions.js'
import type { Principal } from './principal.js'
import { BUILT_IN_ROLES } from './roles.js'

const actor = (id: string, role: string, permissions: readonly Permission[], narrowed = false): Principal => ({
  id,
  name: id,
  email: `${id}@reprieve.example`,
  role,
  kind: 'person',
  permissions: new Set(permissions),
  narrowed,
  tokenId: `${id}-token`,
})

const REQUEST = ['exceptions.request'] as const

// Everyone the story knows. Ray asked; Ann holds the first step, which waits; Ben the second; Ola owns things; Zoe is nobody in particular.
const PEOPLE = {
  admin: actor('admin', 'admin', BUILT_IN_ROLES.admin),
  manager: actor('manager', 'exceptionsManager', BUILT_IN_ROLES.exceptionsManager),
  auditor: actor('auditor', 'auditor', BUILT_IN_ROLES.auditor),
  scanner: actor('scanner', 'scanner', BUILT_IN_ROLES.scanner),
  ray: actor('ray', 'engineer', REQUEST),
  ann: actor('ann', 'lead', []),
  ben: actor('ben', 'lead', []),
  ola: actor('ola', 'engineer', ['queries.write', 'instances.publish', 'exceptions.request']),
  zoe: actor('zoe', 'engineer', REQUEST),
}
type Name = keyof typeof PEOPLE

const stepped: ExceptionResource = { requesterId: 'ray', approverIds: ['ann', 'ben'], decidingId: 'ann' }
const autoPilot: ExceptionResource = { requesterId: 'ray', approverIds: [], decidingId: null }
const olas = { ownerId: 'ola' }

/** Who may, by name; everyone who is not named may not. Written down a second time, and independently of the table. */
const EXPECTED: ReadonlyArray<[Action, ResourceOf<Action>, string, readonly Name[]]> = [
  ['exception.request', null, '', ['admin', 'manager', 'ray', 'ola', 'zoe']],
  ['exception.list', null, '', ['admin', 'manager', 'auditor']],
  ['exception.export', null, '', ['admin', 'manager', 'auditor']],
  ['exception.read', stepped, 'with steps', ['admin', 'manager', 'auditor', 'ray', 'ann', 'ben']],
  ['exception.read', autoPilot, 'on Auto Pilot', ['admin', 'manager', 'auditor', 'ray']],
  ['exception.withdraw', stepped, '', ['ray']],
  ['exception.deactivate', stepped, 'with steps', ['ann', 'ben']],
  ['exception.deactivate', autoPilot, 'on Auto Pilot', ['ray']],
  ['exception.comment', stepped, '', ['admin', 'manager', 'auditor', 'ray', 'ann', 'ben']],
  ['evidence.upload', { requesterRoles: [] }, '', ['admin', 'manager', 'ray', 'ola', 'zoe']],
  [
    'evidence.upload',
    { requesterRoles: ['lead'] },
    'of a role that may ask from tickets',
    ['admin', 'manager', 'ray', 'ann', 'ben', 'ola', 'zoe'],
  ],
  ['evidence.read', stepped, '', ['admin', 'manager', 'auditor', 'ray', 'ann', 'ben']],
  ['evidence.add', stepped, '', ['ray']],
  ['evidence.attach', olas, '', ['ola']],
  ['approval.decide', stepped, 'whose first step waits', ['ann']],
  ['approval.decide', { ...stepped, decidingId: 'ben' }, 'whose second step waits', ['ben']],
  ['approval.decide', { ...stepped, decidingId: null }, 'that is decided', []],
  ['approval.handOver', null, '', ['admin', 'manager']],
  ['approval.passOn', stepped, 'whose first step waits', ['ann']],
  ['approval.passOn', { ...stepped, decidingId: null }, 'that is decided', []],
  ['approval.beChosen', { candidateIds: ['ann', 'zoe'] }, '', ['ann', 'zoe']],
  ['rule.read', null, '', ['admin', 'manager', 'auditor']],
  ['rule.write', null, '', ['admin', 'manager']],
  ['instance.read', null, '', ['admin', 'manager', 'auditor']],
  ['instance.publish', null, '', ['admin', 'scanner', 'ola']],
  ['query.read', null, '', ['admin', 'manager', 'auditor']],
  ['query.create', null, '', ['admin', 'manager', 'ola']],
  ['query.edit', { ownerId: 'ola', managed: false }, 'of Ola', ['admin', 'ola']],
  ['query.edit', { ownerId: null, managed: false }, 'of nobody', ['admin']],
  ['query.edit', { ownerId: 'ola', managed: true }, 'that is managed', []],
  ['ticket.list', null, '', ['admin', 'manager', 'auditor']],
  ['ticket.read', { ownerId: 'ola', approverIds: ['ann'] }, 'of Ola', ['admin', 'manager', 'auditor', 'ola', 'ann']],
  ['ticket.write', null, '', ['admin', 'manager']],
  ['ticket.manage', null, '', ['admin', 'manager']],
  ['ticket.request', olas, 'of Ola', ['ola']],
  ['ticketSettings.read', null, '', ['admin', 'manager', 'auditor']],
  ['report.list', null, '', ['admin', 'auditor', 'scanner', 'ola']],
  ['report.read', olas, 'of Ola', ['admin', 'auditor', 'ola']],
  ['report.read', { ownerId: 'scanner' }, 'of the scanner', ['admin', 'auditor', 'scanner']],
  ['reconciliation.run', null, '', ['admin']],
  ['user.read', null, '', ['admin', 'auditor']],
  ['user.write', null, '', ['admin']],
  ['token.create', olas, 'for Ola', ['admin', 'ola']],
  ['token.read', olas, 'of Ola', ['admin', 'ola']],
  ['token.revoke', olas, 'of Ola', ['admin', 'ola']],
  ['preferences.read', olas, '', ['ola']],
  ['preferences.write', olas, '', ['ola']],
  ['notice.read', olas, '', ['ola']],
  ['audit.read', null, '', ['admin', 'auditor']],
  ['deadLetter.manage', null, '', ['admin']],
]

const allowed = (who: Principal, action: Action, resource: ResourceOf<Action>): boolean =>
  can(who, action as 'exception.read', resource as ExceptionResource)

describe('can', () => {
  it.each(EXPECTED)('%s %o %s: exactly these may: %s', (action, resource, _, names) => {
    const may = (Object.keys(PEOPLE) as Name[]).filter((name) => allowed(PEOPLE[name], action, resource))
    expect(may.sort()).toEqual([...names].sort())
  })

  it('is held to an expectation for every action there is', () => {
    expect(new Set(EXPECTED.map(([action]) => action))).toEqual(new Set(Object.keys(TRUTH_TABLE)))
  })

  it('denies what it does not know', () => {
    for (const action of ['exception.destroy', 'toString', '__proto__', 'constructor']) {
      expect(can(PEOPLE.admin, action as 'user.write')).toBe(false)
    }
  })

  it('denies whatever rests on a thing when there is no thing', () => {
    const everything = actor('undefined', 'engineer', [])
    for (const action of Object.keys(TRUTH_TABLE) as Action[]) {
      expect(can(everything, action as 'user.write', {} as unknown as null)).toBe(false)
    }
  })

  it('lets an approver deactivate only where there are approvers, and says no where it is not told', () => {
    const none: ExceptionResource = { requesterId: 'ray', approverIds: [], decidingId: null }
    expect(can(PEOPLE.ann, 'exception.deactivate', none)).toBe(false)
    expect(can(PEOPLE.ray, 'exception.deactivate', { requesterId: 'ray' } as ExceptionResource)).toBe(false)
  })

  it('has no clause that asks for nothing', () => {
    for (const clauses of Object.values(TRUTH_TABLE)) {
      for (const { permission, relation } of clauses) expect(permission ?? relation).toBeDefined()
    }
  })

  it('gives each permission a use', () => {
    const used = new Set(Object.values(TRUTH_TABLE).flatMap((clauses) => clauses.map(({ permission }) => permission)))
    expect(PERMISSIONS.filter((permission) => !used.has(permission))).toEqual([])
  })
})

describe('one of several ways', () => {
  it.each<[Permission, Action]>([
    ['operations.manage', 'report.list'],
    ['operations.manage', 'report.read'],
    ['audit.read', 'report.list'],
    ['audit.read', 'report.read'],
    ['users.manage', 'user.read'],
    ['audit.read', 'user.read'],
    ['rules.manage', 'rule.read'],
    ['audit.read', 'rule.read'],
    ['tickets.write', 'ticket.list'],
    ['tickets.manage', 'ticket.list'],
    ['audit.read', 'ticket.list'],
    ['tickets.write', 'ticket.read'],
    ['tickets.manage', 'ticket.read'],
    ['audit.read', 'ticket.read'],
    ['tickets.write', 'ticket.write'],
    ['tickets.manage', 'ticket.write'],
    ['tickets.manage', 'ticketSettings.read'],
    ['audit.read', 'ticketSettings.read'],
  ])('is enough by itself: %s for %s', (permission, action) => {
    expect(allowed(actor('sole', 'engineer', [permission]), action, { ownerId: 'ola' })).toBe(true)
    expect(allowed(actor('sole', 'engineer', []), action, { ownerId: 'ola' })).toBe(false)
  })
})

describe('a narrowed token', () => {
  const narrowed = (name: Name, permissions: readonly Permission[]) =>
    actor(PEOPLE[name].id, PEOPLE[name].role, permissions, true)

  it('does not decide, deactivate or read in the name of an approver', () => {
    const ann = narrowed('ann', ['instances.read', 'exceptions.request'])
    for (const action of ['approval.decide', 'exception.deactivate', 'exception.read'] as const) {
      expect(can(PEOPLE.ann, action, stepped)).toBe(true)
      expect(can(ann, action, stepped)).toBe(false)
    }
  })

  it('acts as a requester only if it was made for requests', () => {
    expect(can(narrowed('ray', ['exceptions.request']), 'exception.withdraw', stepped)).toBe(true)
    expect(can(narrowed('ray', ['instances.read']), 'exception.withdraw', stepped)).toBe(false)
  })

  it('that was made for requests does all that a requester does, and no other one does', () => {
    const ways = [
      ['exception.read', stepped],
      ['exception.withdraw', stepped],
      ['exception.deactivate', autoPilot],
      ['exception.comment', stepped],
      ['evidence.read', stepped],
      ['evidence.add', stepped],
    ] as const
    for (const [action, thing] of ways) {
      expect(can(narrowed('ray', ['exceptions.request']), action, thing), action).toBe(true)
      expect(can(narrowed('ray', []), action, thing), action).toBe(false)
    }
  })

  it('makes no token, and revokes none', () => {
    const ola = narrowed('ola', ['queries.write'])
    expect(can(ola, 'token.create', olas)).toBe(false)
    expect(can(ola, 'token.revoke', olas)).toBe(false)
  })

  it('edits its owner’s queries with the permission for it, and an admin’s without it edits none', () => {
    expect(can(narrowed('ola', ['queries.write']), 'query.edit', { ownerId: 'ola', managed: false })).toBe(true)
    expect(can(narrowed('admin', ['queries.write']), 'query.edit', { ownerId: 'ola', managed: false })).toBe(true)
    expect(can(narrowed('admin', ['rules.manage']), 'query.edit', { ownerId: 'ola', managed: false })).toBe(false)
  })
})

describe('the built-in roles', () => {
  it('are as they were promised', () => {
    expect(BUILT_IN_ROLES.admin).toEqual(PERMISSIONS)
    expect(BUILT_IN_ROLES.auditor.every((permission) => /\.(read|export)$/.test(permission))).toBe(true)
    expect(BUILT_IN_ROLES.scanner).toEqual(['instances.publish'])
    expect(BUILT_IN_ROLES.exceptionsManager).not.toContain('users.manage')
  })
})
