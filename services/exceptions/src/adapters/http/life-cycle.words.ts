import type { Status } from '../../domain/exception.js'
import type { Standing } from '../../domain/life-cycle.js'

/** Each status in the words of the API's document. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  pendingApproval: '`pendingApproval`',
  active: '`active`',
  denied: '`denied`',
  expired: '`expired`',
  deactivated: '`deactivated`',
  withdrawn: '`withdrawn`',
}

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  requesterUnderAutoPilot: 'its requester, under Auto Pilot',
  requester: 'its requester, with approvers',
  approver: 'an approver of any of its steps',
  other: 'anyone else, of any role',
}
