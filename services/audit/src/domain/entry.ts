import { type Change, changesBetween } from './change.js'
import { isNewer, type Known, type SubjectKind, type Told } from './told.js'

/** What is written down of one event. */
export interface Entry {
  eventId: string
  at: Date
  actor: { id: string; name: string } | null
  /** `<subject>.<what happened>`, stable: `exception.activated`. */
  type: string
  subject: { kind: SubjectKind; id: string; name: string | null }
  changes: Change[]
  traceId: string | null
}

/** Whether it belongs in the journal. How many instances an exception covers, and that somebody was told of it, is no change. */
export const isJournalled = ({ kind, replay }: Told): boolean => !replay && kind !== 'coverage' && kind !== 'notice'

/**
 * @param before the subject as it was last told of, null for a new one
 * @param exceptionName of the exception that an approval is about
 */
export function entryOf(told: Told, before: Known | null, exceptionName: string | null): Entry {
  // One that comes late can be compared with nothing: what was before it is not known any more.
  const earlier = before !== null && isNewer(told.version, before.version) ? before : null
  return {
    eventId: told.eventId,
    at: told.at,
    actor: told.actor,
    type: typeOf(told, earlier),
    subject: { ...subjectOf(told), name: told.kind === 'approval' ? exceptionName : told.name },
    changes: changesBetween(earlier?.state ?? null, told.state),
    traceId: told.traceId,
  }
}

/** What a reader is pointed at: an approval is a part of its exception's life, and so is what that covers; a sign-in of its user's. */
export const subjectOf = ({ kind, id }: Pick<Told, 'kind' | 'id'>): { kind: SubjectKind; id: string } => ({
  kind: PART_OF[kind] ?? kind,
  id,
})

const PART_OF: Readonly<Partial<Record<SubjectKind, SubjectKind>>> = {
  approval: 'exception',
  coverage: 'exception',
  activity: 'user',
}

/** Whether what comes next is compared with it. What nobody compares or asks for is not kept. */
export const isKept = ({ kind }: Pick<Told, 'kind'>): boolean => !PASSING.has(kind)

const PASSING: ReadonlySet<SubjectKind> = new Set(['coverage', 'notice', 'activity', 'network'])

/** `<subject>.<what happened>`. */
export const typeOf = (told: Told, before: Known | null): string =>
  `${told.kind === 'activity' ? 'user' : told.kind}.${told.verb ?? verbOf(told, before)}`

function verbOf({ kind, state, version }: Told, before: Known | null): string {
  if (kind === 'user' && before !== null && before.state['active'] !== state['active']) {
    return state['active'] === true ? 'activated' : 'deactivated'
  }
  return before === null && version.n === 1 ? 'created' : 'changed'
}
