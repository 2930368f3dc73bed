import type { Part, Phase, Standing } from '../../domain/turns.js'

/** Each phase of a request in the words of the API's document. */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  waiting: 'the request waits',
  overdue: 'its end passed while it waited',
  approved: 'all its steps are approved',
  closed: 'it was denied, withdrawn, or lapsed',
}

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  deciding: 'approver of the step in effect (at its end, where it ended early)',
  decided: 'who decided a step, or holds one that is decided',
  later: 'approver of a later step',
  requester: 'its requester',
  other: 'anyone else, of any role',
}

export const PART_WORDS: Readonly<Record<Part, string>> = {
  open: 'a step that is not decided',
  decided: 'a decided step',
  active: 'any step of an exception that is known to be active',
  ended: 'any step of an exception that is over',
}
