import { describe, expect, it } from 'vitest'
import { passwordFault } from './password.js'

describe('a new password', () => {
  it('has enough characters, counted as people count them', () => {
    expect(passwordFault('correct horse', 8)).toBeNull()
    expect(passwordFault('1234567', 8)).toBe('Must have at least 8 characters.')
    // Seven signs of two UTF-16 units each.
    expect(passwordFault('🐎🐴🦄🐎🐴🦄🐎', 8)).toBe('Must have at least 8 characters.')
  })

  it('is not so long that hashing it is work', () => {
    expect(passwordFault('ab'.repeat(500), 8)).toBeNull()
    expect(passwordFault('ab'.repeat(600), 8)).toBe('Is too long.')
    // One sign that normalisation makes eighteen of.
    expect(passwordFault('ﷺ'.repeat(40).concat('a'), 8)).toBe('Is too long.')
  })

  it('is not one character over and over', () => {
    expect(passwordFault('aaaaaaaaaaaa', 8)).toBe('Must not be one character over and over.')
    expect(passwordFault('aaaaaaaaaaab', 8)).toBeNull()
  })
})
