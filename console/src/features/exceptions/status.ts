import type { ExceptionStatus } from '../../api/schemas.js'

interface StatusLook {
  word: string
  color: string
}

/** In the order of an exception's life. */
export const STATUSES: Readonly<Record<ExceptionStatus, StatusLook>> = {
  pendingApproval: { word: 'Pending Approval', color: 'yellow' },
  active: { word: 'Active', color: 'teal' },
  denied: { word: 'Denied', color: 'red' },
  expired: { word: 'Expired', color: 'gray' },
  deactivated: { word: 'Deactivated', color: 'gray' },
  withdrawn: { word: 'Withdrawn', color: 'gray' },
}

export const STATUS_NAMES = Object.keys(STATUSES) as ExceptionStatus[]

/** A status as people read it. */
export const statusWord = (status: ExceptionStatus): string => STATUSES[status].word
