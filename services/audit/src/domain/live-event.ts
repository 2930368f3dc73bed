import { can, type ExceptionResource, type Principal } from '@reprieve/auth'
import type { SubjectKind } from './told.js'

/** What somebody who listens is told: that something changed, never what it says now. That they read by its own route. */
export interface LiveEvent {
  position: number
  at: Date
  type: string
  subject: { kind: SubjectKind; id: string }
  /** Whose it is, where it belongs to one person. */
  ownerId: string | null
}

const NOBODYS: ExceptionResource = { requesterId: '', approverIds: [], decidingId: null }

/**
 * Whether this person may hear of it, by what they may read. What is not named here nobody hears of.
 * @param exception who is what to the exception it is about; null where that is not known
 */
export function mayHear(person: Principal, event: LiveEvent, exception: ExceptionResource | null): boolean {
  const { kind, id } = event.subject
  const ownerId = event.ownerId ?? ''
  switch (kind) {
    case 'exception':
      return can(person, 'exception.read', exception ?? NOBODYS)
    case 'query':
      return can(person, 'query.read')
    case 'rule':
      return can(person, 'rule.read')
    case 'user':
      return person.id === id || can(person, 'user.read')
    case 'role':
      return person.role === id || can(person, 'user.read')
    case 'group':
    case 'network':
      return can(person, 'user.read')
    case 'report':
      // Once it is taken in, what everyone reads has changed.
      return can(person, 'report.read', { ownerId }) || (event.type === 'report.done' && can(person, 'instance.read'))
    case 'reconciliation':
    case 'feedTake':
      return can(person, 'reconciliation.run')
    case 'deadLetter':
      return can(person, 'deadLetter.manage')
    case 'accessToken':
      return can(person, 'token.read', { ownerId })
    case 'ticket':
      // Its reviewers hear of the exception.
      return can(person, 'ticket.read', { ownerId, approverIds: [] })
    case 'groupingRule':
    case 'ticketSettings':
      return can(person, 'ticketSettings.read')
    case 'notice':
      return can(person, 'notice.read', { ownerId })
    default:
      return false
  }
}
