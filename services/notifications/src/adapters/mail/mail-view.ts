import type { Notice, NoticeFacts } from '../../domain/notice.js'
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
  /** "22 November 2026, 14:05 UTC" */
  appliedSince: string
  at: string
  /** Address of the exception. */
  link: string
  /** Address of the product. */
  home: string
}

/** @param publicUrl without a slash at its end */
export function mailView(
  { facts, at, exceptionId }: Pick<Notice, 'facts' | 'at' | 'exceptionId'>,
  recipientName: string,
  publicUrl: string,
): MailView {
  return {
    // A name of blanks or controls alone still needs something to show.
    exceptionName: oneLine(facts.exceptionName, 120) || 'Exception without a name',
    recipientName: oneLine(recipientName, 100),
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
    appliedSince: facts.appliedSince === null ? '' : instant(new Date(facts.appliedSince)),
    at: instant(at),
    link: `${publicUrl}/exceptions/${encodeURIComponent(exceptionId)}`,
    home: publicUrl,
  }
}

const lines = (text: string | null): string[] => (text === null || text.trim() === '' ? [] : someLines(text.trim()))

function ends({ expiresAt, expiresAfterDays }: NoticeFacts): string {
  if (expiresAt !== null) {
    const end = new Date(expiresAt)
    // An end at midnight is the end of the day before: people think in days.
    return end.getTime() % DAY_MS === 0
      ? `at the end of ${day(new Date(end.getTime() - 1))} (UTC)`
      : `on ${instant(end)}`
  }
  if (expiresAfterDays === null) return 'never'
  return `${expiresAfterDays} ${expiresAfterDays === 1 ? 'day' : 'days'} after it becomes active`
}

const DAY_MS = 86_400_000
const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
const timeFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' })
const day = (date: Date): string => dayFormat.format(date)
const instant = (date: Date): string => `${day(date)}, ${timeFormat.format(date)} UTC`
