import type { Expiration } from '../../api/schemas.js'
import { localText, utcText } from '../../time/time-text.js'

/** How somebody asked for an end: `Never`, `30 days after activation`, … */
export function expirationText(expiration: Expiration): string {
  switch (expiration.type) {
    case 'never':
      return 'Never'
    case 'days':
      return `${expiration.days} ${expiration.days === 1 ? 'day' : 'days'} after activation`
    case 'date':
      return `End of ${expiration.date} (UTC)`
    case 'at':
      return utcText(new Date(expiration.at))
  }
}

const DAY_MS = 86_400_000

/**
 * When it would end if it became active now; null: never.
 * @returns an instant; a date runs to the end of that day in UTC
 */
export function endOf(expiration: Expiration, now: Date): Date | null {
  switch (expiration.type) {
    case 'never':
      return null
    case 'days':
      return new Date(now.getTime() + expiration.days * DAY_MS)
    case 'date':
      return new Date(Date.parse(`${expiration.date}T00:00:00Z`) + DAY_MS)
    case 'at':
      return new Date(expiration.at)
  }
}

/** The resulting end in one sentence, for the form. */
export function endSentence(expiration: Expiration, now: Date, autoPilot: boolean): string {
  const end = endOf(expiration, now)
  if (end === null) return 'It has no end. It is in force until it is deactivated.'
  if (Number.isNaN(end.getTime())) return ''
  if (expiration.type === 'days' && !autoPilot)
    return `The days count from the last approval. Approved now, it would end on ${localText(end)}.`
  return `It ends on ${localText(end)} (${utcText(end)}).`
}
