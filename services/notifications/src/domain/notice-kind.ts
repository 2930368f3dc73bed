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
  'expired',
  'deactivated',
  'handed_over',
  'relieved',
] as const

export type NoticeKind = (typeof NOTICE_KINDS)[number]
