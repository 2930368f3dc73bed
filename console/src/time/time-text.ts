const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** `3 hours ago`, `in 5 days`: in the largest unit that fits. Within a minute it is now. */
export function agoText(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime()
  const size = Math.abs(ms)
  if (size < MINUTE) return ms > 0 ? 'in a moment' : 'just now'
  if (size < HOUR) return relative.format(Math.trunc(ms / MINUTE), 'minute')
  if (size < DAY) return relative.format(Math.trunc(ms / HOUR), 'hour')
  if (size < 31 * DAY) return relative.format(Math.trunc(ms / DAY), 'day')
  if (size < 365 * DAY) return relative.format(Math.trunc(ms / (30.44 * DAY)), 'month')
  return relative.format(Math.trunc(ms / (365.25 * DAY)), 'year')
}

const pad = (n: number) => String(n).padStart(2, '0')

/** `2026-03-01 17:05 UTC` */
export const utcText = (at: Date): string =>
  `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())} UTC`

const DAY_PARTS = { day: 'numeric', month: 'short' } as const
const CLOCK_PARTS = { hour: '2-digit', minute: '2-digit' } as const

/** Made once for each zone: making a format takes a hundred times as long as using it, and tables have one in every row. */
function cached(parts: Intl.DateTimeFormatOptions): (at: Date, timeZone?: string) => string {
  const formats = new Map<string | undefined, Intl.DateTimeFormat>()
  return (at, timeZone) => {
    const format =
      formats.get(timeZone) ??
      new Intl.DateTimeFormat('en-GB', { ...parts, ...(timeZone === undefined ? {} : { timeZone }) })
    formats.set(timeZone, format)
    return format.format(at)
  }
}

const dayAndClock = cached({ ...DAY_PARTS, year: 'numeric', ...CLOCK_PARTS })
const day = cached({ ...DAY_PARTS, year: 'numeric' })
const axisDay = cached(DAY_PARTS)
const axisClock = cached({ ...DAY_PARTS, ...CLOCK_PARTS })

/** `1 Mar 2026, 18:05`, in the reader's zone. @param timeZone for tests; the reader's own by default */
export const localText = (at: Date, timeZone?: string): string => dayAndClock(at, timeZone)

/** `1 Mar 2026`, in the reader's zone. */
export const localDayText = (at: Date, timeZone?: string): string => day(at, timeZone)

/** Along an axis: `1 Mar`, or `1 Mar, 18:05`, in the reader's zone. */
export const axisText = (at: Date, by: 'day' | 'hour', timeZone?: string): string =>
  (by === 'day' ? axisDay : axisClock)(at, timeZone)
