import { localDayText } from '../../time/time-text.js'

/** `2026-03-01` as `1 Mar 2026`. A day has no zone: it is the same one everywhere. */
export const dayText = (day: string): string => localDayText(new Date(`${day}T00:00:00Z`), 'UTC')

/** The day after. @param day `YYYY-MM-DD` */
export function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 10)
}
