import type { Permission } from './permissions.js'
import type { Principal } from './principal.js'
import { ADMIN_ROLE } from './roles.js'

/** An exception, as far as it matters who may do what to it. */
export interface ExceptionResource {
  requesterId: string
  /** Those chosen for its steps, in order; after a hand-over the new one. Empty with Auto Pilot. */
  approverIds: readonly string[]
  /** Whose step is in effect; null where nobody's is. */
  decidingId: string | null
}

/** A step's workflow seen before submission, or any thing that names candidates. */
export interface CandidatesResource {
  candidateIds: readonly string[]
}

/** A remediation ticket. */
export interface TicketResource {
  ownerId: string
  /** Those who review, or reviewed, what was asked from it. */
  approverIds: readonly string[]
}

/** Who may ask from a ticket, as the settings say. */
export interface TicketRequestersResource {
  requesterRoles: readonly string[]
}

/** A saved query. */
export interface QueryResource {
  ownerId: string | null
  managed: boolean
}

/** Anything that belongs to one user: an access token, uploaded evidence, preferences, in-app messages, a report. */
export interface OwnedResource {
  ownerId: string
}

/** What an action is done to; `null` for actions on no one thing (listing, creating). */
interface Resources {
  'exception.request': null
  'exception.list': null
  'exception.export': null
  'exception.read': ExceptionResource
  'exception.withdraw': ExceptionResource
  'exception.deactivate': ExceptionResource
  'exception.comment': ExceptionResource
  'evidence.upload': TicketRequestersResource
  'evidence.read': ExceptionResource
  'evidence.add': ExceptionResource
  'evidence.attach': OwnedResource
  'approval.decide': ExceptionResource
  'approval.handOver': null
  'approval.passOn': ExceptionResource
  'approval.beChosen': CandidatesResource
  'rule.read': null
  'rule.write': null
  'instance.read': null
  'instance.publish': null
  'query.read': null
  'query.create': null
  'query.edit': QueryResource
  'ticket.list': null
  'ticket.read': TicketResource
  'ticket.write': null
  'ticket.manage': null
  'ticket.request': OwnedResource
  'ticketSettings.read': null
  'report.list': null
  'report.read': OwnedResource
  'reconciliation.run': null
  'user.read': null
  'user.write': null
  'token.create': OwnedResource
  'token.read': OwnedResource
  'token.revoke': OwnedResource
  'preferences.read': OwnedResource
  'preferences.write': OwnedResource
  'notice.read': OwnedResource
  'audit.read': null
  'deadLetter.manage': null
}

export type Action = keyof Resources
export type ResourceOf<A extends Action> = Resources[A]

/** What an actor can be to a thing. */
type Relation = 'ticketRequester' | 'requester' | 'approver' | 'deciding' | 'candidate' | 'owner' | 'administrator'

/** What a thing can be. */
type Condition = 'autoPilot' | 'notManaged'

/** One way of being allowed: everything it names must hold, and it rests on a permission, a relation, or both. */
export type Clause = ByPermission | ByRelation

interface ByPermission {
  permission: Permission
  relation?: Relation
  when?: Condition
  narrowed?: never
}

/** It rests on what one is to the thing alone. */
interface ByRelation {
  permission?: never
  relation: Relation
  when?: Condition
  /** What a narrowed token must have to take this way. Without it, no narrowed token can. */
  narrowed?: Permission
}

/**
 * Who may do what to what. An action is allowed in any of the ways listed, and in no other.
 * Whether the state of the thing allows it (a final status, a step that was decided) is not a matter of who.
 */
export const TRUTH_TABLE: Readonly<Record<Action, readonly Clause[]>> = {
  'exception.request': [{ permission: 'exceptions.request' }],
  'exception.list': [{ permission: 'exceptions.read' }],
  'exception.export': [{ permission: 'exceptions.export' }],
  // Being chosen for any step is enough, from the submission on.
  'exception.read': [
    { permission: 'exceptions.read' },
    { relation: 'requester', narrowed: 'exceptions.request' },
    { relation: 'approver' },
  ],
  'exception.withdraw': [{ relation: 'requester', narrowed: 'exceptions.request' }],
  'exception.deactivate': [
    { relation: 'requester', when: 'autoPilot', narrowed: 'exceptions.request' },
    // Under Auto Pilot there is none.
    { relation: 'approver' },
  ],
  // Whoever can read it can comment.
  'exception.comment': [
    { permission: 'exceptions.read' },
    { relation: 'requester', narrowed: 'exceptions.request' },
    { relation: 'approver' },
  ],
  // Files come before the request, also before one from a ticket, which needs no permission.
  'evidence.upload': [
    { permission: 'exceptions.request' },
    { relation: 'ticketRequester', narrowed: 'exceptions.request' },
  ],
  'evidence.read': [
    { permission: 'exceptions.read' },
    { relation: 'requester', narrowed: 'exceptions.request' },
    { relation: 'approver' },
  ],
  'evidence.add': [{ relation: 'requester', narrowed: 'exceptions.request' }],
  'evidence.attach': [{ relation: 'owner', permission: 'exceptions.request' }],
  'approval.decide': [{ relation: 'deciding' }],
  'approval.handOver': [{ permission: 'rules.manage' }],
  // A reviewer passes their own part on.
  'approval.passOn': [{ relation: 'deciding' }],
  'approval.beChosen': [{ relation: 'candidate' }],
  'rule.read': [{ permission: 'rules.manage' }, { permission: 'audit.read' }],
  'rule.write': [{ permission: 'rules.manage' }],
  'instance.read': [{ permission: 'instances.read' }],
  'instance.publish': [{ permission: 'instances.publish' }],
  'query.read': [{ permission: 'instances.read' }],
  'query.create': [{ permission: 'queries.write' }],
  'query.edit': [
    { permission: 'queries.write', relation: 'owner', when: 'notManaged' },
    { permission: 'queries.write', relation: 'administrator', when: 'notManaged' },
  ],
  'ticket.list': [{ permission: 'tickets.write' }, { permission: 'tickets.manage' }, { permission: 'audit.read' }],
  'ticket.read': [
    { permission: 'tickets.write' },
    { permission: 'tickets.manage' },
    { permission: 'audit.read' },
    { relation: 'owner', narrowed: 'exceptions.request' },
    { relation: 'approver' },
  ],
  // Its title and its status.
  'ticket.write': [{ permission: 'tickets.write' }, { permission: 'tickets.manage' }],
  // Its due date, its query, its owner; the settings.
  'ticket.manage': [{ permission: 'tickets.manage' }],
  // Which roles may, the settings say.
  'ticket.request': [{ relation: 'owner', narrowed: 'exceptions.request' }],
  'ticketSettings.read': [{ permission: 'tickets.manage' }, { permission: 'audit.read' }],
  'report.list': [
    { permission: 'instances.publish' },
    { permission: 'operations.manage' },
    { permission: 'audit.read' },
  ],
  'report.read': [
    { permission: 'instances.publish', relation: 'owner' },
    { permission: 'operations.manage' },
    { permission: 'audit.read' },
  ],
  'reconciliation.run': [{ permission: 'operations.manage' }],
  'user.read': [{ permission: 'users.manage' }, { permission: 'audit.read' }],
  'user.write': [{ permission: 'users.manage' }],
  // A narrowed token makes none: it could only make one that outlives it.
  'token.create': [{ relation: 'owner' }, { permission: 'users.manage' }],
  'token.read': [{ relation: 'owner' }, { permission: 'users.manage' }],
  'token.revoke': [{ relation: 'owner' }, { permission: 'users.manage' }],
  'preferences.read': [{ relation: 'owner' }],
  'preferences.write': [{ relation: 'owner' }],
  'notice.read': [{ relation: 'owner' }],
  'audit.read': [{ permission: 'audit.read' }],
  'deadLetter.manage': [{ permission: 'operations.manage' }],
}

/** Whether the actor may do this to the thing, by the truth table. What it does not know is denied. */
export function can<A extends Action>(
  actor: Principal,
  action: A,
  ...[resource]: ResourceOf<A> extends null ? [resource?: null] : [resource: ResourceOf<A>]
): boolean {
  if (!Object.hasOwn(TRUTH_TABLE, action)) return false
  const thing: Thing = resource ?? {}
  return TRUTH_TABLE[action].some((clause) => holds(clause, actor, thing))
}

/** Every member that a thing may have; which ones it has depends on the action. */
type Thing = Partial<
  ExceptionResource & CandidatesResource & TicketRequestersResource & Omit<QueryResource, 'ownerId'>
> & {
  ownerId?: string | null
}

function holds({ permission, relation, when, narrowed }: Clause, actor: Principal, thing: Thing): boolean {
  // Nobody has what is not named.
  const held: ReadonlySet<Permission | undefined> = actor.permissions
  if ((permission !== undefined || actor.narrowed) && !held.has(permission ?? narrowed)) return false
  if (relation !== undefined && !RELATIONS[relation](actor, thing)) return false
  return when === undefined || CONDITIONS[when](thing)
}

const RELATIONS: Record<Relation, (actor: Principal, thing: Thing) => boolean> = {
  ticketRequester: ({ role }, { requesterRoles }) => requesterRoles?.includes(role) ?? false,
  requester: ({ id }, { requesterId }) => requesterId === id,
  approver: ({ id }, { approverIds }) => approverIds?.includes(id) ?? false,
  deciding: ({ id }, { decidingId }) => decidingId === id,
  candidate: ({ id }, { candidateIds }) => candidateIds?.includes(id) ?? false,
  owner: ({ id }, { ownerId }) => ownerId === id,
  administrator: ({ role }) => role === ADMIN_ROLE,
}

const CONDITIONS: Record<Condition, (thing: Thing) => boolean> = {
  autoPilot: ({ approverIds }) => approverIds?.length === 0,
  notManaged: ({ managed }) => managed === false,
}
