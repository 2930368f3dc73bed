import { describe, expect, it } from 'vitest'
import { ceasesToAdminister, changed, type User } from './user.js'

const admin: User = {
  id: '01890000-0000-7000-8000-000000000001',
  email: 'a@example.com',
  name: 'Ann',
  role: 'admin',
  active: true,
  kind: 'person',
  version: 3,
  createdAt: new Date(0),
}

describe('a change of a user', () => {
  it('sets what is given, leaves the rest, and counts as one version', () => {
    expect(changed(admin, { active: false })).toEqual({ ...admin, active: false, version: 4 })
    expect(changed(admin, { name: 'B', email: 'b@example.com', role: 'r' })).toMatchObject({
      name: 'B',
      email: 'b@example.com',
      role: 'r',
    })
  })

  it('takes an administrator away by deactivation or another role', () => {
    for (const changes of [{ active: false }, { role: 'auditor' }]) {
      expect(ceasesToAdminister(admin, changed(admin, changes), 'admin')).toBe(true)
    }
    expect(ceasesToAdminister(admin, changed(admin, { name: 'B' }), 'admin')).toBe(false)
  })

  it('takes none away who was none: inactive, of another role, or a service user', () => {
    for (const before of [
      { ...admin, active: false },
      { ...admin, role: 'auditor' },
      { ...admin, kind: 'service' as const },
    ]) {
      expect(ceasesToAdminister(before, changed(before, { active: false, role: 'x' }), 'admin')).toBe(false)
    }
  })
})
