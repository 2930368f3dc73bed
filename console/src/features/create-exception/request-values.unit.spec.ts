import { describe, expect, it } from 'vitest'
import type { RequestForm } from '../../api/schemas.js'
import { EMPTY_REQUEST, keptApprovers, type RequestValues, requestBody, requestFaults } from './request-values.js'

const person = (id: string) => ({ id, name: id })
const FORM = {
  ruleId: 'rule',
  ruleVersion: 3,
  instructions: '',
  workflow: {
    type: 'approvers',
    steps: [
      { index: 0, assigned: false, candidates: [person('sofia'), person('priya')] },
      { index: 1, assigned: false, candidates: [person('henrik')] },
    ],
  },
} as RequestForm
const AUTO = { ...FORM, workflow: { type: 'autoPilot' } } as RequestForm
const filled: RequestValues = {
  ...EMPTY_REQUEST,
  name: ' Old log4j ',
  justification: 'Switched off soon.',
  expression: 'kev',
  approvers: ['sofia', null],
  riskAcknowledged: true,
}

describe('a request that is being written', () => {
  it('tells every field that is missing', () => {
    expect(Object.keys(requestFaults({ ...EMPTY_REQUEST, days: '' }, FORM, '2026-03-01'))).toEqual([
      'name',
      'justification',
      'expression',
      'approvers.0',
      'days',
      'riskAcknowledged',
    ])
  })

  it('is complete without a choice where a step has one candidate', () => {
    expect(requestFaults(filled, FORM, '2026-03-01')).toEqual({})
    expect(requestBody(filled, FORM)).toMatchObject({
      approvers: ['sofia', 'henrik'],
      ruleVersion: 3,
      name: 'Old log4j',
    })
  })

  it('takes today as an end, and no day before it', () => {
    const on = (date: string) => requestFaults({ ...filled, ends: 'date', date }, FORM, '2026-03-01')
    expect(on('2026-03-01')).toEqual({})
    expect(on('2026-02-28')).toHaveProperty('date')
  })

  it('takes web links only as evidence', () => {
    for (const evidenceLink of ['javascript:alert(1)', 'ftp://x', 'x'])
      expect(requestFaults({ ...filled, evidenceLink }, FORM, '2026-03-01')).toHaveProperty('evidenceLink')
  })

  it('names no approver under Auto Pilot', () => {
    expect(requestBody(filled, AUTO)).not.toHaveProperty('approvers')
  })

  it('sends a chosen query with the text that was looked at', () => {
    expect(requestBody({ ...filled, querySource: 'saved', queryId: 'q' }, FORM)).toMatchObject({
      queryId: 'q',
      expression: 'kev',
    })
    expect(requestBody(filled, FORM)).not.toHaveProperty('queryId')
  })

  it('keeps of its choices what a changed rule still allows', () => {
    expect(keptApprovers(['sofia', 'gone'], FORM)).toEqual(['sofia', 'henrik'])
    expect(keptApprovers(['gone'], FORM)).toEqual([null, 'henrik'])
    expect(keptApprovers(['sofia'], AUTO)).toEqual([])
  })
})
