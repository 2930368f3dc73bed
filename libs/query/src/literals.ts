const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.(\d{1,9}))?(?:Z|[+-]\d{2}:\d{2})$/
const DURATION = /^([+-]?)((?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|ns))+)$/
const DURATION_PART = /(\d+)(?:\.(\d*))?(h|ms|m|s|us|µs|ns)/g

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  ns: 1n,
}

/** The first and the last millisecond of the years 1 to 9999, which are CEL's and RFC 3339's. */
export const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z')
export const LATEST = Date.parse('9999-12-31T23:59:59.999Z')
/** CEL's longest duration, about 10 000 years. */
export const LONGEST_DURATION = 315_576_000_000_000

/** A value, or what is wrong with the text that should have been one. */
export type Parsed = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly problem: string }

const problem = (text: string): Parsed => ({ ok: false, problem: text })

/** Milliseconds since the epoch of an RFC 3339 time. Finer than that is refused: nothing is kept finer. */
export function parseTimestamp(text: string): Parsed {
  const match = TIMESTAMP.exec(text)
  if (match === null) {
    return problem('A timestamp is written as date, time and zone, such as timestamp("2026-01-31T00:00:00Z")')
  }
  const [, day = '', fraction = ''] = match
  // Date.parse turns 30 February into a day of March.
  const midnight = new Date(`${day}T00:00:00Z`)
  const value = Date.parse(text)
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day) || Number.isNaN(value)) {
    return problem('There is no such date or time of day')
  }
  if (/[1-9]/.test(fraction.slice(3))) return problem('Times are kept to the millisecond; write at most three decimals')
  if (value < EARLIEST || value > LATEST) return problem('A time lies within the years 1 to 9999')
  return { ok: true, value }
}

/** Milliseconds of a duration such as `720h`, `1h30m`, `-1.5s`. Finer than that is refused. */
export function parseDuration(text: string): Parsed {
  const match = text.length <= 64 ? DURATION.exec(text) : null
  if (match === null) {
    return problem(
      /^[+-]?\d+\s*(d|w|day|days|week|weeks)$/.test(text)
        ? 'The largest unit of a duration is the hour; 30 days are duration("720h")'
        : 'A duration is written with the units h, m, s and ms, such as duration("720h") or duration("1h30m")',
    )
  }
  const [, sign, parts = ''] = match
  let nanoseconds = 0n
  for (const [, whole = '0', decimals = '', unit = ''] of parts.matchAll(DURATION_PART)) {
    const size = NANOSECONDS[unit] ?? 0n
    const scale = 10n ** BigInt(decimals.length)
    const fraction = BigInt(decimals || '0') * size
    if (fraction % scale !== 0n) return problem('Times are kept to the millisecond')
    nanoseconds += BigInt(whole) * size + fraction / scale
  }
  if (nanoseconds % 1_000_000n !== 0n) return problem('Times are kept to the millisecond')
  const value = Number(nanoseconds / 1_000_000n)
  if (value > LONGEST_DURATION) return problem('A duration is at most 10 000 years')
  return { ok: true, value: sign === '-' && value !== 0 ? -value : value }
}

/** `720h`, `1m30s`, `1ms`: what `parseDuration` reads back to the same milliseconds. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : ''
  let rest = Math.abs(milliseconds)
  let text = ''
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text === '' ? '0s' : sign + text
}

/** RFC 3339 in UTC, with milliseconds only where there are any. */
export function formatTimestamp(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}
