/** A day of the calendar, `YYYY-MM-DD`. Due dates are days, in UTC: nobody's time zone and no clock change moves one. */
export type Day = string

const DAY_MS = 86_400_000

/** The day that it is at an instant, in UTC. */
export const dayOf = (at: Date): Day => at.toISOString().slice(0, 10)

/** @param days may be negative */
export const addDays = (day: Day, days: number): Day => dayOf(new Date(midnight(day) + days * DAY_MS))

/** How many days after `from` the day `to` is; negative before it. */
export const daysBetween = (from: Day, to: Day): number => (midnight(to) - midnight(from)) / DAY_MS

/** The instant at which a day is over, exclusive. */
export const endOf = (day: Day): Date => new Date(midnight(day) + DAY_MS)

/** Whether a day is over. */
export const isOver = (day: Day, now: Date): boolean => endOf(day) <= now

export const earlier = (a: Day, b: Day): Day => (a < b ? a : b)

const midnight = (day: Day): number => {
  const at = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(at)) throw new RangeError(`${day} is no day`)
  return at
}
