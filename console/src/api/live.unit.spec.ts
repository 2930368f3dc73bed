import { describe, expect, it } from 'vitest'
import { touchedBy } from './live.js'

const event = (type: string, kind: string) => ({ type, subject: { kind, id: '1' }, at: '2026-03-01T00:00:00Z' })

describe('a live event', () => {
  it('makes old what shows its kind of thing', () => {
    expect(touchedBy(event('exception.activated', 'exception'))).toEqual(
      expect.arrayContaining(['exceptions', 'approvals', 'summary', 'instances']),
    )
    expect(touchedBy(event('rule.edited', 'rule'))).toEqual(['rules'])
  })

  it('makes instances old once a report is taken in, and not when it is received', () => {
    expect(touchedBy(event('report.received', 'report'))).not.toContain('instances')
    expect(touchedBy(event('report.done', 'report'))).toContain('instances')
  })

  it('makes everything old where it is not known what was missed', () => {
    expect(touchedBy({ type: 'reset', subject: null, at: '' })).toBeNull()
  })

  it('makes nothing old that is unknown here', () => {
    expect(touchedBy(event('moon.rose', 'moon'))).toEqual([])
  })
})
