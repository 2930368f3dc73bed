import { describe, expect, it } from 'vitest'
import { type AssignmentRules, compileAssignment, reviewerPlaces, reviewersOf } from './assignment.js'
import { type TicketFacts, ticketFields } from './fields.js'

const facts: TicketFacts = {
  'ticket.severity': 'critical',
  'ticket.instanceCount': 12,
  'ticket.overdue': false,
  'requester.role': 'Owner',
  'requester.id': 'ray',
  'request.days': 30,
  'request.useCase': null,
}

const rules = (...said: [when: string, reviewerId: string][]): AssignmentRules => ({
  reviewerRules: said.map(([when, reviewerId], index) => ({
    name: `rule ${index}`,
    when,
    reviewerId,
    choice: 'roundRobin',
  })),
  fallbackReviewerId: 'max',
  fallbackChoice: 'leastLoaded',
})

const assignmentOf = (said: AssignmentRules) => {
  const compiled = compileAssignment(said, ticketFields)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults))
  return compiled.assignment
}
const themselves = (id: string) => [id]

describe('an assignment', () => {
  it('is by the first rule that holds, whatever holds after it', () => {
    const said = rules(
      ['ticket.severity == "low"', 'ann'],
      ['ticket.instanceCount > 10', 'ben'],
      ['requester.role == "Owner"', 'cem'],
    )
    expect(assignmentOf(said).assign(facts, themselves)).toEqual({
      rule: 'rule 1',
      reviewerId: 'ben',
      choice: 'roundRobin',
      members: ['ben'],
    })
  })

  it('is by the fallback where no rule holds', () => {
    expect(assignmentOf(rules(['ticket.overdue', 'ann'])).assign(facts, themselves)).toEqual({
      rule: null,
      reviewerId: 'max',
      choice: 'leastLoaded',
      members: ['max'],
    })
  })

  it('passes over a rule whose reviewer has nobody left, and is null where nobody is left at all', () => {
    const assignment = assignmentOf(rules(['request.days >= 30', 'group'], ['request.days >= 7', 'ben']))
    const left = (...ids: string[]) => assignment.assign(facts, (id) => ids.filter((one) => one === id))?.reviewerId
    expect(left('group', 'ben', 'max')).toBe('group')
    expect(left('ben', 'max')).toBe('ben')
    expect(left('max')).toBe('max')
    expect(assignment.assign(facts, () => [])).toBeNull()
    expect(assignmentOf({ ...rules(), fallbackReviewerId: null }).assign(facts, themselves)).toBeNull()
  })

  it('holds no condition on what is not known, and not its opposite', () => {
    for (const when of ['request.useCase == "other"', 'request.useCase != "other"', '!(request.useCase == "other")']) {
      expect(assignmentOf(rules([when, 'ann'])).assign(facts, themselves)?.rule).toBeNull()
    }
    expect(assignmentOf(rules(['!has(request.useCase)', 'ann'])).assign(facts, themselves)?.rule).toBe('rule 0')
  })

  it('is refused with every fault, each at its rule, line and column', () => {
    const compiled = compileAssignment(
      rules(
        ['ticket.severity == "critical"', 'ann'],
        ['request.days > 30 &&\n  cvss > 9.0', 'ben'],
        ['ticket.severity == "worst"', 'cem'],
        ['request.days >', 'cem'],
      ),
      ticketFields,
    )
    expect(compiled).toMatchObject({
      ok: false,
      faults: [
        { pointer: '/reviewerRules/1/when', line: 2, column: 3 },
        { pointer: '/reviewerRules/2/when', line: 1 },
        { pointer: '/reviewerRules/3/when', line: 1 },
      ],
    })
  })

  it('is told in its own fields what would be right', () => {
    const told = (when: string) => {
      const compiled = compileAssignment(rules([when, 'ann']), ticketFields)
      return compiled.ok ? '' : compiled.faults.map(({ detail }) => detail).join()
    }
    expect(told('"critical" in ["critical"]')).toContain('ticket.severity in ["critical", "high"]')
    expect(told('severity == "high"')).toContain('did you mean ticket.severity?')
    for (const when of ['true', '1 == 1', '["a"]', 'request.days']) expect(told(when)).not.toContain('instance ')
  })

  it('is refused where rules have no name or the same, or are too many or too long', () => {
    const named = (...names: string[]): AssignmentRules => ({
      ...rules(),
      reviewerRules: names.map((name) => ({ name, when: 'ticket.overdue', reviewerId: 'ann', choice: 'roundRobin' })),
    })
    const pointers = (said: AssignmentRules) => {
      const compiled = compileAssignment(said, ticketFields)
      return compiled.ok ? [] : compiled.faults.map(({ pointer }) => pointer)
    }
    const numbered = (count: number) => named(...Array.from({ length: count }, (_, index) => `${index}`))
    expect(pointers(numbered(20))).toEqual([])
    expect(pointers(numbered(21))).toEqual(['/reviewerRules'])
    expect(pointers(named('a', '', 'a'))).toEqual(['/reviewerRules/1/name', '/reviewerRules/2/name'])
    expect(pointers(named('a'.repeat(201)))).toEqual(['/reviewerRules/0/name'])
    const long = (spaces: number) => rules([`ticket.overdue${' '.repeat(spaces)}`, 'ann'])
    expect(pointers(long(2000 - 'ticket.overdue'.length))).toEqual([])
    expect(pointers(long(2001 - 'ticket.overdue'.length))).toEqual(['/reviewerRules/0/when'])
  })

  it('tells whom it names, each once, and where', () => {
    const said = rules(['ticket.overdue', 'ann'], ['!ticket.overdue', 'max'], ['ticket.overdue', 'ann'])
    expect(reviewersOf(said)).toEqual(['ann', 'max'])
    expect([...reviewerPlaces(said, new Set(['max']))]).toEqual(['/reviewerRules/1/reviewerId', '/fallbackReviewerId'])
  })
})
