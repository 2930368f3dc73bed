import type { Choice, Load } from '@reprieve/assignment'
import { describe, expect, it } from 'vitest'
import { assignSteps, chooseApprovers, type EligibleStep, textFaults } from './request.js'

const person = (id: string) => ({ id, name: id.toUpperCase() })
const step = (...ids: string[]) => ({ candidateIds: ids, people: ids.map(person) })
const assigned = (choice: Choice, ...ids: string[]): EligibleStep => ({
  candidateIds: ids,
  assigned: ids.length === 0 ? null : { rule: 'first', reviewerId: 'group', choice, members: ids.map(person) },
})
const NOW = new Date('2026-03-10T09:00:00Z')
const chosen = (
  steps: EligibleStep[] | null,
  choice?: (string | null)[],
  loads: ReadonlyMap<string, Omit<Load, 'id'>> = new Map(),
) => {
  const { steps: planned, faults } = chooseApprovers({ steps }, choice, 'ray')
  return faults.length > 0
    ? faults.map(({ pointer, code }) => `${pointer} ${code}`)
    : assignSteps(planned, loads, NOW).map(({ approver }) => approver.id)
}

describe('the approvers that are assigned', () => {
  const busy = new Map([['ann', { waiting: 2, lastAssignedAt: null }]])

  it('are found by what they have to do, and nobody chooses them', () => {
    expect(chosen([assigned('leastLoaded', 'ann', 'ben')], undefined, busy)).toEqual(['ben'])
    expect(chosen([assigned('roundRobin', 'ann', 'ben')], [null], busy)).toEqual(['ann'])
    expect(chosen([assigned('leastLoaded', 'ann', 'ben')], ['ann'])).toEqual(['/approvers/0 INVALID'])
    expect(chosen([assigned('leastLoaded')])).toEqual(['/approvers/0 NO_REVIEWER'])
  })

  it('of several steps are several people where there are, beside those who are chosen', () => {
    const steps = [assigned('leastLoaded', 'ann', 'ben'), step('cem', 'dan'), assigned('leastLoaded', 'ann', 'ben')]
    expect(chosen(steps, [null, 'dan', null])).toEqual(['ann', 'dan', 'ben'])
    expect(chosen([assigned('roundRobin', 'ann', 'ben'), assigned('roundRobin', 'ann', 'ben')])).toEqual(['ann', 'ben'])
  })

  it('tell by which rule', () => {
    const { steps } = chooseApprovers({ steps: [assigned('leastLoaded', 'ann')] }, undefined, 'ray')
    expect(assignSteps(steps, new Map(), NOW)).toEqual([
      { approver: person('ann'), candidateIds: ['ann'], assignedBy: 'first', decided: null },
    ])
  })
})

describe('the approvers of a request', () => {
  it('are those chosen, one a step, of each step’s candidates', () => {
    expect(chosen([step('ann', 'ben'), step('ben', 'cem')], ['ben', 'cem'])).toEqual(['ben', 'cem'])
  })

  it('need no choice where one candidate is left', () => {
    expect(chosen([step('ann'), step('ray', 'ben')])).toEqual(['ann', 'ben'])
    expect(chosen([step('ann', 'ben'), step('cem')], ['ann', null])).toEqual(['ann', 'cem'])
    expect(chosen([step('ann')], [])).toEqual(['ann'])
  })

  it('have to be chosen where several are left', () => {
    expect(chosen([step('ann', 'ben'), step('cem')])).toEqual(['/approvers/0 INVALID'])
  })

  it('are never the requester, as candidate or as choice', () => {
    expect(chosen([step('ray', 'ann', 'ben')], ['ray'])).toEqual(['/approvers/0 APPROVER_NOT_CANDIDATE'])
    expect(chosen([step('ray')])).toEqual(['/approvers/0 NO_ELIGIBLE_APPROVER'])
    expect(chosen([step('ray')], ['ray'])).toEqual(['/approvers/0 NO_ELIGIBLE_APPROVER'])
  })

  it('are candidates of their own step; a wrong choice is refused even where one is left', () => {
    expect(chosen([step('ann'), step('ben')], ['ben', 'ben'])).toEqual(['/approvers/0 APPROVER_NOT_CANDIDATE'])
  })

  it('are told about with all their faults at once', () => {
    expect(chosen([step('ann', 'ben'), step(), step('cem', 'dan')], ['zoe', null, null])).toEqual([
      '/approvers/0 APPROVER_NOT_CANDIDATE',
      '/approvers/1 NO_ELIGIBLE_APPROVER',
      '/approvers/2 INVALID',
    ])
  })

  it('are as many as there are steps', () => {
    expect(chosen([step('ann', 'ben')], ['ann', 'ben'])).toEqual(['/approvers INVALID'])
    expect(chosen([step('ann', 'ben'), step('cem', 'dan')], ['ann'])).toEqual(['/approvers INVALID'])
  })

  it('are nobody under Auto Pilot', () => {
    expect(chosen(null)).toEqual([])
    expect(chosen(null, ['ann'])).toEqual(['/approvers INVALID'])
  })
})

it('a request says its name and why, and acknowledges the risk', () => {
  const right = { name: 'n', justification: 'j', riskAcknowledged: true }
  expect(textFaults(right)).toEqual([])
  const faults = textFaults({ name: '', justification: '', riskAcknowledged: false })
  expect(faults.map(({ pointer }) => pointer)).toEqual(['/name', '/justification', '/riskAcknowledged'])
})
