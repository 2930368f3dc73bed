import {
  type ExceptionFacts,
  isTicketFacts,
  isWebhookFacts,
  type Notice,
  type TicketFacts,
} from '../../domain/notice.js'
import { oneLine, someLines } from '../../domain/plain-text.js'

/** What a template can say. Every text is one line without control characters; templates of HTML escape it, those of text do not. */
export interface MailView {
  exceptionName: string
  recipientName: string
  requesterName: string
  /** The reader asked for the exception; otherwise they are one of its approvers. */
  forRequester: boolean
  /** The reader did it themselves. */
  bySelf: boolean
  autoPilot: boolean
  /** Who did it; empty where it happened by itself. */
  byName: string
  toName: string
  waitingForName: string
  /** "2"; empty where no step is meant. */
  step: string
  steps: string
  /** The step is the only one, so its number need not be told. */
  onlyStep: boolean
  /** A comment or reason, line by line; empty where none was given. */
  reason: readonly string[]
  justification: readonly string[]
  /** "never", "at the end of 30 June 2026 (UTC)", "30 days after it becomes active" */
  ends: string
  /** "30 June 2026": to where it moves the due date of its ticket; empty for one that was asked for from none. */
  dueDate: string
  /** "7 days"; only in a reminder. */
  endsIn: string
  /** "22 November 2026, 14:05 UTC" */
  appliedSince: string
  at: string
  /** "20 June 2026": where the due date of a ticket was before it moved. */
  dueDateBefore: string
  ticketTitle: string
  /** The due date moved by the policy. */
  byPolicy: boolean
  webhookName: string
  webhookUrl: string
  failingSince: string
  lastError: string
  /** It is of an exception. */
  aboutException: boolean
  aboutWebhook: boolean
  aboutTicket: boolean
  /** Address of the exception, of the webhook or of the ticket. */
  link: string
  /** Address of the product. */
  home: string
}

/** @param publicUrl without a slash at its end */
export function mailView(
  { facts, at, subjectId }: Pick<Notice, 'facts' | 'at' | 'subjectId'>,
  recipientName: string,
  publicUrl: string,
): MailView {
  const view = { ...EMPTY, recipientName: oneLine(recipientName, 100), at: instant(at), home: publicUrl }
  if (isWebhookFacts(facts)) {
    return {
      ...view,
      aboutWebhook: true,
      webhookName: oneLine(facts.webhookName, 120),
      webhookUrl: oneLine(facts.webhookUrl, 300),
      failingSince: facts.failingSince === null ? '' : instant(new Date(facts.failingSince)),
      lastError: oneLine(facts.lastError, 300),
      link: `${publicUrl}/webhooks/${encodeURIComponent(subjectId)}`,
    }
  }
  if (isTicketFacts(facts))
    return { ...view, ...ticketView(facts), link: `${publicUrl}/tickets/${encodeURIComponent(subjectId)}` }
  return {
    ...view,
    aboutException: true,
    // A name of blanks or controls alone still needs something to show.
    exceptionName: oneLine(facts.exceptionName, 120) || 'Exception without a name',
    requesterName: oneLine(facts.requesterName, 100),
    forRequester: facts.forRequester,
    bySelf: facts.bySelf,
    autoPilot: facts.autoPilot,
    byName: oneLine(facts.byName ?? '', 100),
    toName: oneLine(facts.toName ?? '', 100),
    waitingForName: oneLine(facts.waitingForName ?? '', 100),
    step: facts.step === null ? '' : String(facts.step),
    steps: String(facts.steps),
    onlyStep: facts.steps <= 1,
    reason: lines(facts.reason),
    justification: lines(facts.justification),
    ends: ends(facts),
    dueDate: dueDate(facts),
    endsIn: facts.daysLeft === null ? '' : days(facts.daysLeft),
    appliedSince: facts.appliedSince === null ? '' : instant(new Date(facts.appliedSince)),
    link: `${publicUrl}/exceptions/${encodeURIComponent(subjectId)}`,
  }
}

/** What a template can name and this notice does not say. */
export const EMPTY: Omit<MailView, 'recipientName' | 'at' | 'home'> = {
  exceptionName: '',
  requesterName: '',
  forRequester: false,
  bySelf: false,
  autoPilot: false,
  byName: '',
  toName: '',
  waitingForName: '',
  step: '',
  steps: '',
  onlyStep: false,
  reason: [],
  justification: [],
  ends: '',
  dueDate: '',
  endsIn: '',
  appliedSince: '',
  dueDateBefore: '',
  ticketTitle: '',
  byPolicy: false,
  webhookName: '',
  webhookUrl: '',
  failingSince: '',
  lastError: '',
  aboutException: false,
  aboutWebhook: false,
  aboutTicket: false,
  link: '',
}

const ticketView = (facts: TicketFacts) => ({
  aboutTicket: true,
  ticketTitle: oneLine(facts.ticketTitle, 120) || 'Ticket without a title',
  byName: oneLine(facts.byName ?? '', 100),
  byPolicy: facts.byPolicy,
  reason: lines(facts.reason),
  dueDate: facts.dueDate === null ? '' : day(new Date(facts.dueDate)),
  dueDateBefore: facts.dueDateBefore === null ? '' : day(new Date(facts.dueDateBefore)),
})

const lines = (text: string | null): string[] => (text === null || text.trim() === '' ? [] : someLines(text.trim()))

function ends({ expiresAt, expiresAfterDays }: ExceptionFacts): string {
  if (expiresAt !== null) {
    const end = new Date(expiresAt)
    // An end at midnight is the end of the day before: people think in days.
    return end.getTime() % DAY_MS === 0
      ? `at the end of ${day(new Date(end.getTime() - 1))} (UTC)`
      : `on ${instant(end)}`
  }
  if (expiresAfterDays === null) return 'never'
  return `${days(expiresAfterDays)} after it becomes active`
}

/** The end is exclusive, and a due date is the last day. */
const dueDate = ({ defers, expiresAt }: ExceptionFacts): string =>
  defers && expiresAt !== null ? day(new Date(Date.parse(expiresAt) - 1)) : ''

const days = (count: number): string => `${count} ${count === 1 ? 'day' : 'days'}`

const DAY_MS = 86_400_000
const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
const timeFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' })
const day = (date: Date): string => dayFormat.format(date)
export const instant = (date: Date): string => `${day(date)}, ${timeFormat.format(date)} UTC`
