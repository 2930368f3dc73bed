import { type Exception, STATUSES, type Status } from './exception.js'

/** What can happen to an exception once it was submitted. */
export const HAPPENINGS = ['activate', 'deny', 'withdraw', 'lapse', 'expire', 'deactivate'] as const
export type Happening = (typeof HAPPENINGS)[number]

/**
 * Who makes it happen. `autoPilot` is the rule that approves at once, `approvals` the service that decides all races of a pending
 * request, `clock` the end that came, `ticket` the one it was asked from, which is done; the others are people, by what they are to this exception.
 */
export const ACTORS = [
  'autoPilot',
  'approvals',
  'clock',
  'ticket',
  'requesterUnderAutoPilot',
  'requester',
  'approver',
  'other',
] as const
export type Actor = (typeof ACTORS)[number]

/** What a person can be to an exception. */
export const STANDINGS = [
  'requesterUnderAutoPilot',
  'requester',
  'approver',
  'other',
] as const satisfies readonly Actor[]
export type Standing = (typeof STANDINGS)[number]

type Moves = Readonly<Partial<Record<Happening, Readonly<Partial<Record<Actor, Status>>>>>>

/** All that may ever happen: status × happening × actor → status. What is not here is refused. Final statuses are empty. */
export const LIFE_CYCLE: Readonly<Record<Status, Moves>> = {
  pendingApproval: {
    activate: { autoPilot: 'active', approvals: 'active' },
    deny: { approvals: 'denied' },
    withdraw: { approvals: 'withdrawn' },
    lapse: { approvals: 'expired' },
  },
  active: {
    expire: { clock: 'expired' },
    deactivate: { requesterUnderAutoPilot: 'deactivated', approver: 'deactivated', ticket: 'deactivated' },
  },
  denied: {},
  expired: {},
  deactivated: {},
  withdrawn: {},
}

/** `NOT_ALLOWED`: this actor never can. `WRONG_STATUS`: the actor could, in another status. */
export type Refusal = 'NOT_ALLOWED' | 'WRONG_STATUS'

export type Move = { to: Status } | { refused: Refusal }

export function move(from: Status, happening: Happening, actor: Actor): Move {
  const to = LIFE_CYCLE[from][happening]?.[actor]
  if (to !== undefined) return { to }
  const ever = Object.values(LIFE_CYCLE).some((moves) => moves[happening]?.[actor] !== undefined)
  return { refused: ever ? 'WRONG_STATUS' : 'NOT_ALLOWED' }
}

/**
 * Who may deactivate, and what everybody else is told: what the life cycle says of people. The rest of what people do is done while a
 * request waits, and decided by `approvals`.
 */
export const DEACTIVATE: Readonly<Record<Status, Readonly<Record<Standing, 'may' | Refusal>>>> = tableOf('deactivate')

/** The status that counts at `now`: an active exception whose end has come is over, noticed or not. */
export const statusAt = ({ status, expiresAt }: Pick<Exception, 'status' | 'expiresAt'>, now: Date): Status =>
  status === 'active' && expiresAt !== null && expiresAt <= now ? 'expired' : status

/** What a person is to an exception. Whoever holds a step is its approver, decided or not. */
export function actorOf(
  personId: string,
  exception: Pick<Exception, 'approvalType' | 'requestedBy' | 'steps'>,
): Standing {
  if (exception.steps.some(({ approver }) => approver.id === personId)) return 'approver'
  if (exception.requestedBy.id !== personId) return 'other'
  return exception.approvalType === 'autoPilot' ? 'requesterUnderAutoPilot' : 'requester'
}

function tableOf(happening: Happening): Record<Status, Record<Standing, 'may' | Refusal>> {
  const verdict = (status: Status, standing: Standing) => {
    const outcome = move(status, happening, standing)
    return 'refused' in outcome ? outcome.refused : ('may' as const)
  }
  const row = (status: Status) => STANDINGS.map((standing) => [standing, verdict(status, standing)] as const)
  return Object.fromEntries(STATUSES.map((status) => [status, Object.fromEntries(row(status))])) as Record<
    Status,
    Record<Standing, 'may' | Refusal>
  >
}
