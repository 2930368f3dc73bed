import { describe, expect, it } from 'vitest'
import { NOTICE_KINDS, REQUIRED_KINDS } from './notice-kind.js'
import { allWanted, DEFAULT_PREFERENCES, onlyOff, switchedOffWrongly, wanted } from './preferences.js'

const off = { mail: false, inApp: false }
const preferences = { ...DEFAULT_PREFERENCES, kinds: { expired: { mail: false, inApp: true }, decision_waits: off } }

describe('preferences', () => {
  it('are everything, until somebody says otherwise', () => {
    for (const kind of NOTICE_KINDS) expect(wanted(DEFAULT_PREFERENCES, kind)).toEqual({ mail: true, inApp: true })
  })

  it('hold for each channel', () => {
    expect(wanted(preferences, 'expired')).toEqual({ mail: false, inApp: true })
    expect(allWanted(preferences).approved).toEqual({ mail: true, inApp: true })
  })

  it('never switch off what others wait for, even where it was stored', () => {
    expect([...REQUIRED_KINDS]).toEqual(['decision_waits', 'handed_over'])
    expect(wanted(preferences, 'decision_waits')).toEqual({ mail: true, inApp: true })
    expect(switchedOffWrongly(preferences.kinds)).toEqual([
      { kind: 'decision_waits', channel: 'mail' },
      { kind: 'decision_waits', channel: 'inApp' },
    ])
    expect(switchedOffWrongly({ expired: off })).toEqual([])
  })

  it('are stored only where they differ', () => {
    expect(onlyOff({ expired: off, approved: { mail: true, inApp: true } })).toEqual({ expired: off })
  })
})
