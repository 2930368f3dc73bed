import { DateTime, IANAZone } from 'luxon'
import type { Digest } from './preferences.js'

/** Whether a name of a time zone is one that can be reckoned with here. */
export const isTimeZone = (name: string): boolean => IANAZone.isValidZone(name)

/**
 * The next time a day's mail is due, after `now`: once each calendar day of the person's, at their hour. On the day when clocks jump over
 * that hour it is the moment they jump to; where the hour comes twice it is one of the two.
 */
export function nextDigest({ hour, timeZone }: Pick<Digest, 'hour' | 'timeZone'>, now: Date): Date {
  // A zone that this process's data does not know any more: the mail matters more than its hour.
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC'
  const today = DateTime.fromJSDate(now, { zone })
  for (let ahead = 0; ; ahead++) {
    const { year, month, day } = today.plus({ days: ahead })
    const due = DateTime.fromObject({ year, month, day, hour }, { zone }).toJSDate()
    if (due > now) return due
  }
}
