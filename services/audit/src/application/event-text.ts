import type { LiveEvent } from '../domain/live-event.js'

const RECONNECT_AFTER_MS = 2_000

/** A position as clients see it: it names the database's life, so that one of another database is not taken for one of this. */
export const eventId = (incarnation: number, position: number): string => `${incarnation}-${position}`

/** Null for anything that `eventId` did not make. */
export function readEventId(text: string): { incarnation: number; position: number } | null {
  const [, incarnation, position] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  return incarnation === undefined || position === undefined
    ? null
    : { incarnation: Number(incarnation), position: Number(position) }
}

/** One event as it is sent (WHATWG HTML, server-sent events). JSON has no line break of its own. */
export const eventText = (incarnation: number, { position, type, subject, at }: LiveEvent): string =>
  `id: ${eventId(incarnation, position)}\ndata: ${JSON.stringify({ type, subject, at: at.toISOString() })}\n\n`

/** The first words: when to come back after a break, and from where. */
export const openingText = (id: string): string => `retry: ${RECONNECT_AFTER_MS}\nid: ${id}\n\n`

/** Keeps proxies from taking a quiet stream for a dead one, and tells the position that has been reached: an id without data is no event. */
export const heartbeatText = (id: string): string => `: still here\nid: ${id}\n\n`

/** What was missed is not known any more: load anew, then listen on. */
export const resetText = (id: string, at: Date): string =>
  `event: reset\nid: ${id}\ndata: ${JSON.stringify({ type: 'reset', subject: null, at: at.toISOString() })}\n\n`
