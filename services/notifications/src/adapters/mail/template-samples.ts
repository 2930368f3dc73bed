import type { ExceptionFacts, Notice, NoticeFacts, TicketFacts, WebhookFacts } from '../../domain/notice.js'
import { isOfTicket, isOfWebhook, type NoticeKind } from '../../domain/notice-kind.js'

const PLAIN: ExceptionFacts = {
  exceptionName: 'Sample',
  requesterName: 'Sample',
  forRequester: true,
  bySelf: true,
  autoPilot: true,
  defers: false,
  byName: null,
  reason: null,
  step: null,
  steps: 0,
  waitingForName: null,
  toName: null,
  justification: null,
  expiresAt: null,
  expiresAfterDays: null,
  appliedSince: null,
  daysLeft: null,
}

// Between them they take every way through a template.
const OF_EXCEPTIONS: readonly ExceptionFacts[] = [
  PLAIN,
  { ...PLAIN, forRequester: false, bySelf: false, autoPilot: false },
  { ...PLAIN, autoPilot: false, defers: true, expiresAt: '2026-07-01T00:00:00Z', byName: 'Sample' },
  { ...PLAIN, bySelf: false, autoPilot: false, defers: true, expiresAt: '2026-07-01T00:00:00Z' },
  { ...PLAIN, bySelf: false, autoPilot: false, steps: 1, step: 1, byName: 'Sample', waitingForName: 'Sample' },
  {
    ...PLAIN,
    forRequester: false,
    bySelf: false,
    autoPilot: false,
    byName: 'Sample',
    reason: 'Sample',
    step: 1,
    steps: 2,
    waitingForName: 'Sample',
    toName: 'Sample',
    justification: 'Sample',
    expiresAfterDays: 30,
    appliedSince: '2026-01-01T00:00:00Z',
    daysLeft: 7,
  },
]

const WEBHOOK: WebhookFacts = {
  webhookName: 'Ticket system',
  webhookUrl: 'https://hooks.example.org/reprieve',
  failingSince: '2026-06-01T08:00:00Z',
  lastError: 'it answered 503',
}

const TICKET: TicketFacts = {
  ticketTitle: 'Log4j on the payment hosts',
  byName: 'Sofia Marin',
  byPolicy: false,
  reason: 'The auditors come in June.',
  dueDate: '2026-06-15',
  dueDateBefore: '2026-06-30',
}

/** Facts to try a kind's template with. */
export function sampleFacts(kind: NoticeKind): readonly NoticeFacts[] {
  if (isOfWebhook(kind)) return [WEBHOOK, { ...WEBHOOK, failingSince: null }]
  if (isOfTicket(kind)) {
    return [
      TICKET,
      { ...TICKET, byName: null, byPolicy: true, reason: null },
      { ...TICKET, dueDate: null, reason: null },
    ]
  }
  return OF_EXCEPTIONS
}

const SHOWN: ExceptionFacts = {
  exceptionName: 'Log4j on the legacy payment host',
  requesterName: 'Dana Okafor',
  forRequester: true,
  bySelf: false,
  autoPilot: false,
  defers: false,
  byName: 'Sofia Marin',
  reason: 'Switched off at the end of the quarter.\nIsolated until then.',
  step: 1,
  steps: 2,
  waitingForName: 'Henrik Lund',
  toName: 'Henrik Lund',
  justification: 'The vendor ships no fix for this version.\nThe host is replaced in June.',
  expiresAt: '2026-07-01T00:00:00Z',
  expiresAfterDays: null,
  appliedSince: '2026-06-01T08:00:00Z',
  daysLeft: 7,
}

/** Something made up that a kind tells of, for a preview. */
export const sampleNotice = (kind: NoticeKind): Notice => ({
  id: '01980000-0000-7000-8000-000000000001',
  kind,
  subjectId: '01980000-0000-7000-8000-000000000002',
  recipientId: '01980000-0000-7000-8000-000000000003',
  version: { incarnation: 0, n: 1 },
  at: new Date('2026-06-01T08:00:00Z'),
  facts: shownOf(kind),
})

function shownOf(kind: NoticeKind): NoticeFacts {
  if (isOfWebhook(kind)) return WEBHOOK
  return isOfTicket(kind) ? TICKET : { ...SHOWN, daysLeft: kind === 'expires_in_1_day' ? 1 : 7 }
}
