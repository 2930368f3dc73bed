import { describe, expect, it } from 'vitest'
import { asItWas } from './as-it-was.js'
import { type Act, addEvidence, ImpossibleChangeError, submit, takeIn } from './changes.js'
import type { Changed, EvidenceFile, Exception } from './exception.js'

const T0 = new Date('2026-01-10T10:00:00Z')
const at = (minutes: number) => new Date(T0.getTime() + minutes * 60_000)
const person = (id: string) => ({ id, name: id.toUpperCase() })
const file = (id: string, minutes: number): EvidenceFile => ({
  id,
  name: `${id}.txt`,
  size: 1,
  type: 'text/plain',
  sha256: '0'.repeat(64),
  uploadedBy: person('ray'),
  addedAt: at(minutes),
})

/** A whole life: each version with what the exception was then. */
function life(...acts: Act[]): Changed[] {
  const submitted = submit(
    {
      kind: 'query',
      effect: 'suppress',
      name: 'Old log4j',
      justification: 'Switched off soon.',
      useCase: null,
      evidenceLink: null,
      expression: 'kev',
      sourceQueryId: null,
      expiration: { type: 'days', days: 2 },
      requestedBy: person('ray'),
      rule: { id: 'r1', version: 3 },
      ticketId: null,
      approvalType: 'approvers',
      steps: ['ann', 'ben'].map((id) => ({ approver: person(id), candidateIds: [id], decided: null })),
      evidence: [file('e1', 0)],
    },
    { id: 'x', queryId: 'q' },
    T0,
  )
  const first = submitted[0]
  if (first === undefined) throw new Error('nothing was submitted')
  const later = addEvidence(first.exception, [file('e2', 1)], at(1))
  return [first, later, ...takeIn(later.exception, acts)]
}

const decided = (type: 'stepApproved' | 'approved' | 'denied', by: string, step: number, minutes: number): Act => ({
  type,
  at: at(minutes),
  by: person(by),
  step,
  to: null,
  reason: 'so',
  evidenceIds: ['e1', 'e2'],
})
const handedOver = (step: number, to: string, minutes: number): Act => ({
  type: 'handedOver',
  at: at(minutes),
  by: person('max'),
  step,
  to: person(to),
  reason: 'away',
})

const stateOf = ({ version, status, currentStep, expiresAt, appliedSince, steps }: Exception) => ({
  version,
  status,
  currentStep,
  expiresAt,
  appliedSince,
  approvers: steps.map(({ approver }) => approver),
})

describe('an exception as it was', () => {
  it.each<[string, Act[]]>([
    [
      'approved',
      [
        handedOver(0, 'cem', 2),
        decided('stepApproved', 'cem', 0, 3),
        decided('approved', 'ben', 1, 4),
        handedOver(0, 'dan', 5),
      ],
    ],
    ['denied at once', [decided('denied', 'ann', 0, 2)]],
    ['denied at its second step', [decided('stepApproved', 'ann', 0, 2), decided('denied', 'ben', 1, 3)]],
    ['withdrawn', [{ type: 'withdrawn', at: at(2), by: person('ray'), step: null, to: null, reason: 'fixed' }]],
    ['lapsed', [{ type: 'lapsed', at: at(2), by: null, step: null, to: null, reason: null }]],
  ])('is what it was at each version, though it was %s since', (_, acts) => {
    const versions = life(...acts)
    const last = versions.at(-1)?.exception
    if (last === undefined) throw new Error('it had no life')
    for (const { exception, change } of versions) {
      expect(asItWas(last, stateOf(exception), change.at), `version ${change.version}`).toEqual(exception)
    }
  })
})

describe('evidence', () => {
  it('is added to what is pending or active, and to nothing that is over, noticed or not', () => {
    const approved = life(decided('stepApproved', 'ann', 0, 2), decided('approved', 'ben', 1, 3)).at(-1)?.exception
    const denied = life(decided('denied', 'ann', 0, 2)).at(-1)?.exception
    if (approved === undefined || denied === undefined) throw new Error('it had no life')
    expect(addEvidence(approved, [file('e3', 4)], at(4)).change).toMatchObject({
      type: 'evidenceAdded',
      actor: person('ray'),
      evidenceIds: ['e3'],
      from: null,
      to: null,
    })
    const ended = approved.expiresAt ?? at(0)
    expect(() => addEvidence(approved, [file('e3', 4)], ended)).toThrow(ImpossibleChangeError)
    expect(() => addEvidence(denied, [file('e3', 4)], at(4))).toThrow(ImpossibleChangeError)
  })
})
