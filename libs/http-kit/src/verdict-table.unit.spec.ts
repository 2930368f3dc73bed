import { describe, expect, it } from 'vitest'
import { refusalsIn, type Verdicts, verdictTable } from './verdict-table.js'

const OPEN_DOOR: Verdicts<'locked' | 'open', 'owner' | 'guest'> = {
  locked: { owner: 'may', guest: 'NOT_ALLOWED' },
  open: { owner: 'WRONG_STATUS', guest: 'NOT_ALLOWED' },
}

describe('verdicts', () => {
  it('are told as a table, state by state, in the order and the words given', () => {
    expect(
      verdictTable(OPEN_DOOR, { open: 'is open', locked: 'is locked' }, { owner: 'its owner', guest: 'a guest' }),
    ).toBe(
      [
        '|  | its owner | a guest |',
        '| --- | --- | --- |',
        '| is open | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |',
        '| is locked | **yes** | 403 `NOT_ALLOWED` |',
      ].join('\n'),
    )
  })

  it('name each of their refusals once, and what is allowed is none', () => {
    expect(refusalsIn(OPEN_DOOR, OPEN_DOOR)).toEqual(['NOT_ALLOWED', 'WRONG_STATUS'])
    expect(refusalsIn()).toEqual([])
  })
})
