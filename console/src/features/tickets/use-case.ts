import type { NewTicketException } from '../../api/schemas.js'

type UseCase = NewTicketException['useCase']

/** Why a due date cannot be kept, as people read it. */
export const TICKET_USE_CASES: Readonly<Record<UseCase, string>> = {
  technicalLimitation: 'Technical limitation',
  fixUnavailable: 'No fix available',
  unacceptableBusinessImpact: 'Unacceptable business impact',
  other: 'Other',
}

export const USE_CASE_CHOICES = Object.entries(TICKET_USE_CASES).map(([value, label]) => ({ value, label }))
