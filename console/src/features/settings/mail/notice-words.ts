import type { MailTemplate } from '../../../api/schemas.js'

export type NoticeKind = MailTemplate['kind']

const WORDS: Readonly<Record<string, string>> = {
  request_sent: 'Your request was sent',
  decision_waits: 'A decision waits for you',
  step_approved: 'A step was approved',
  approved: 'Your request was approved',
  denied: 'Your request was denied',
  withdrawn: 'A request was withdrawn',
  lapsed: 'A request lapsed',
  became_active: 'An exception became active',
  expires_in_7_days: 'An exception ends in 7 days',
  expires_in_1_day: 'An exception ends in a day',
  expired: 'An exception expired',
  deactivated: 'An exception was deactivated',
  handed_over: 'A step was handed over to you',
  relieved: 'A step was taken from you',
  webhook_disabled: 'A webhook was switched off',
  ticket_assigned: 'A ticket was assigned to you',
  ticket_due_date_moved: 'The due date of a ticket moved',
}

/** What a kind of notice tells. */
export const noticeWords = (kind: string): string => WORDS[kind] ?? kind.replaceAll('_', ' ')
