/** Everything people are told of. Stable words: they are in the database, in events and in the templates' file names. */
export const NOTICE_KINDS = [
  'request_sent',
  'decision_waits',
  'step_approved',
  'approved',
  'denied',
  'withdrawn',
  'lapsed',
  'became_active',
  'expires_in_7_days',
  'expires_in_1_day',
  'expired',
  'deactivated',
  'handed_over',
  'relieved',
  'webhook_disabled',
  'ticket_assigned',
  'ticket_due_date_moved',
] as const

export type NoticeKind = (typeof NOTICE_KINDS)[number]

/**
 * What nobody can switch off: a request stands still until its approver knows that it waits for them. A day's mail may collect these,
 * too; they wait in the product meanwhile.
 */
export const REQUIRED_KINDS: ReadonlySet<NoticeKind> = new Set(['decision_waits', 'handed_over'])

/** What is told of a webhook and not of an exception. */
export const isOfWebhook = (kind: NoticeKind): boolean => kind === 'webhook_disabled'

const OF_TICKETS: ReadonlySet<NoticeKind> = new Set(['ticket_assigned', 'ticket_due_date_moved'])

/** What is told of a ticket and not of an exception. */
export const isOfTicket = (kind: NoticeKind): boolean => OF_TICKETS.has(kind)

export const isOfException = (kind: NoticeKind): boolean => !isOfWebhook(kind) && !isOfTicket(kind)
