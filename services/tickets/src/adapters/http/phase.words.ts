import type { Happening, Phase } from '../../domain/phase.js'

/** The words of documents for where a ticket stands. */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  open: 'open',
  waiting: 'open, a request waits',
  deferred: 'open, deferred',
  deferredAndWaiting: 'open, deferred, and a further request waits',
  done: 'done',
}

export const HAPPENING_WORDS: Readonly<Record<Happening, string>> = {
  rename: 'title',
  changeOwner: 'owner',
  changeQuery: 'query',
  moveDueDate: 'due date',
  followPolicy: 'a new policy',
  requestException: 'request an exception',
  finish: 'done',
  reopen: 'open again',
}
