import { describe, expect, it } from 'vitest'
import { retired, type SigningKeyRecord } from './signing-key.js'
import { expiryFault } from './token.js'

const now = new Date('2026-03-01T12:00:00Z')
const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
const DAY_MS = 24 * 3_600_000

describe('an access token', () => {
  it('expires in the future, and at most 366 days from now', () => {
    expect(expiryFault(now, now)).toBe('must be in the future')
    expect(expiryFault(after(1), now)).toBeNull()
    expect(expiryFault(after(366 * DAY_MS), now)).toBeNull()
    expect(expiryFault(after(366 * DAY_MS + 1), now)).toBe('must be at most 366 days from now')
  })
})

describe('a signing key', () => {
  const key = { kid: 'k', version: 1, createdAt: now, retiredAt: null } as SigningKeyRecord

  it('gets an end, and later only an earlier one', () => {
    const ended = retired(key, after(1_000))
    expect(ended).toMatchObject({ retiredAt: after(1_000), version: 2 })
    expect(retired(ended, after(2_000))).toBe(ended)
    expect(retired(ended, after(500))).toMatchObject({ retiredAt: after(500), version: 3 })
  })
})
