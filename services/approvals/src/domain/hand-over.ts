import type { Approval } from './approval.js'

/** Somebody a step could be handed over to, as the directory tells of them now. */
export interface Taker {
  id: string
  name: string
  active: boolean
  kind: 'person' | 'service'
}

export interface HandOverFault {
  pointer: '/step' | '/toUserId'
  code: 'INVALID' | 'APPROVER_NOT_CANDIDATE'
  detail: string
}

/** Who hands over: a manager, or a reviewer their own part. */
export type HandsOver = 'manager' | 'reviewer'

/** Whom a step could go to among its candidates: not the requester, and not who holds it. */
export function takersOf<Candidate extends { id: string }>(
  approval: Pick<Approval, 'steps' | 'requestedBy'>,
  stepIndex: number,
  candidates: readonly Candidate[],
): Candidate[] {
  const holder = approval.steps[stepIndex]?.approver.id
  return candidates.filter(({ id }) => id !== approval.requestedBy.id && id !== holder)
}

/**
 * Why a step cannot go to somebody, or null. It goes to another candidate of the step; where no candidate is left who is active and not
 * the requester, a manager gives it to any active person.
 * @param to null: nobody with that id is known
 * @param candidates the active people behind the step's candidates
 */
export function handOverFault(
  approval: Pick<Approval, 'steps' | 'requestedBy'>,
  stepIndex: number,
  to: Taker | null,
  candidates: readonly Taker[],
  by: HandsOver = 'manager',
): HandOverFault | null {
  const step = approval.steps[stepIndex]
  if (step === undefined) {
    const detail = `The steps of this request are 0 to ${approval.steps.length - 1}.`
    return { pointer: '/step', code: 'INVALID', detail }
  }
  const refuse = (detail: string, code: HandOverFault['code'] = 'INVALID'): HandOverFault => ({
    pointer: '/toUserId',
    code,
    detail,
  })
  if (to === null) return refuse('There is no such user.')
  if (to.id === approval.requestedBy.id) return refuse('Nobody approves their own request.')
  if (to.id === step.approver.id) return refuse('This step is theirs already.')
  if (!to.active) return refuse('This user is not active.')
  const eligible = candidates.filter(({ id }) => id !== approval.requestedBy.id)
  if (eligible.length === 0 && by === 'reviewer') {
    return refuse('Nobody else is left who could review this. Ask who manages the rules.', 'APPROVER_NOT_CANDIDATE')
  }
  if (eligible.length === 0) {
    return to.kind === 'person' ? null : refuse('A step goes to a person.')
  }
  if (eligible.some(({ id }) => id === to.id)) return null
  return refuse('This person is no candidate of the step, and there are active ones who are.', 'APPROVER_NOT_CANDIDATE')
}
