import type { Exception } from '../../api/schemas.js'
import { statusWord } from './status.js'

/** Where a request stands now, as a sentence. */
export function standingText({ status, waitingFor, approval }: Pick<Exception, 'status' | 'waitingFor' | 'approval'>) {
  if (waitingFor !== null) return `It waits for ${waitingFor.name} now.`
  const denial = approval.steps.find(({ decision }) => decision === 'denied')
  if (status === 'denied' && denial !== undefined) return `${(denial.decidedBy ?? denial.approver).name} has denied it.`
  return `It is ${statusWord(status).toLowerCase()} now.`
}
