/** A value as JSON knows it. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json }
export type JsonObject = { [member: string]: Json }

/**
 * What events are about. `coverage` (of an exception) and `notice` are told live only: they are nobody's change. An `activity` is what
 * somebody did that changes nothing (a sign-in); it shows as their user's, or as the `network`'s where no user is known.
 */
export const SUBJECT_KINDS = [
  'user',
  'group',
  'role',
  'signingKey',
  'accessToken',
  'session',
  'rule',
  'exception',
  'approval',
  'query',
  'coverage',
  'notice',
  'activity',
  'network',
  'report',
  'reconciliation',
  'feedTake',
  'webhook',
  'webhookHosts',
  'mailTemplate',
  'ticket',
  'groupingRule',
  'ticketSettings',
  'deadLetter',
] as const

export type SubjectKind = (typeof SUBJECT_KINDS)[number]

/** Ordered first by incarnation, then by n. */
export interface Version {
  incarnation: number
  n: number
}

/** One event of a topic, in the journal's terms. */
export interface Told {
  eventId: string
  at: Date
  /** Null where the system acted by itself. */
  actor: { id: string; name: string } | null
  kind: SubjectKind
  id: string
  /** What people call it; null for what has no name. */
  name: string | null
  version: Version
  /** What happened, where the topic says so itself; null where only a comparison with the state before tells. */
  verb: string | null
  /** All of it after the change. */
  state: JsonObject
  /** Told again for read models: no change. */
  replay: boolean
  traceId: string | null
  /** Whose it is, where it belongs to one person. */
  ownerId: string | null
}

/** A subject as it was last told of. */
export interface Known {
  version: Version
  name: string | null
  state: JsonObject
}

export const isNewer = (a: Version, b: Version): boolean =>
  a.incarnation === b.incarnation ? a.n > b.n : a.incarnation > b.incarnation
