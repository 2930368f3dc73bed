import { PERMISSIONS } from '@reprieve/auth'
import { describe, expect, it } from 'vitest'
import { beyondAuthority } from './authority.js'

describe('handing out permissions', () => {
  it('is possible for those that one has', () => {
    expect(beyondAuthority(new Set(['users.manage', 'audit.read']), ['audit.read'], [])).toEqual([])
    expect(beyondAuthority(new Set(PERMISSIONS), PERMISSIONS)).toEqual([])
  })

  it('names each that one lacks, wherever it is touched, once', () => {
    const lacking = beyondAuthority(new Set(['users.manage']), ['audit.read'], ['rules.manage', 'audit.read'])
    expect(lacking).toEqual(['audit.read', 'rules.manage'])
  })
})
