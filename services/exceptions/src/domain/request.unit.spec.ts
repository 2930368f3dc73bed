import { describe, expect, it } from 'vitest'
import { chooseApprovers, textFaults } from './request.js'

const person = (id: string) => ({ id, name: id.toUpperCase() })
const step = (...ids: string[]) => ({ candidateIds: ids, people: ids.map(person) })
const chosen = (steps: ReturnType<typeof step>[] | null, choice?: (string | null)[]) => {
  const { steps: settled, faults } = chooseApprovers({ steps }, choice, 'ray')
  return faults.length > 0
    ? faults.map(({ pointer, code }) => `${pointer} ${code}`)
    : settled.map(({ approver }) => approver.id)
}

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
