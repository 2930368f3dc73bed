import type { NoticeKind } from './notice-kind.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const REMINDERS = [
  { kind: 'expires_in_7_days', daysBefore: 7 },
  { kind: 'expires_in_1_day', daysBefore: 1 },
] as const satisfies ReadonlyArray<{ kind: NoticeKind; daysBefore: number }>

// Sooner after the activation a reminder would only repeat what people were told when it became active.
const LEAST_AFTER_ACTIVATION_MS = 12 * HOUR_MS

export interface Reminder {
  kind: NoticeKind
  endsAt: Date
  dueAt: Date
}

/** The reminders that make sense for an exception in force, the earliest first. None if it never ends. */
export function remindersOf(appliedSince: Date | null, expiresAt: Date | null): Reminder[] {
  if (expiresAt === null) return []
  const earliest = appliedSince === null ? Number.NEGATIVE_INFINITY : appliedSince.getTime() + LEAST_AFTER_ACTIVATION_MS
  return REMINDERS.map(({ kind, daysBefore }) => ({
    kind,
    endsAt: expiresAt,
    dueAt: new Date(expiresAt.getTime() - daysBefore * DAY_MS),
  })).filter(({ dueAt }) => dueAt.getTime() >= earliest)
}

/**
 * Which of the reminders that are due is told, after a stop of any length: the one closest to the end, and none once that has come.
 * @param due of one exception and one end
 */
export function toTell<R extends Reminder>(due: readonly R[], now: Date): R | null {
  const latest = due.reduce<R | null>((best, one) => (best === null || one.dueAt > best.dueAt ? one : best), null)
  return latest === null || latest.endsAt <= now ? null : latest
}
