import { describe, expect, it } from 'vitest'
import { schemaTrouble } from './schema.js'

describe('a database', () => {
  it('can be worked on where all is applied that this version knows', () => {
    expect(schemaTrouble({ applied: 3, missing: [], unknown: [] })).toBeNull()
  })

  it('can be worked on after a newer version has migrated it', () => {
    expect(schemaTrouble({ applied: 4, missing: [], unknown: ['rules/0009_newer.sql'] })).toBeNull()
  })

  it('cannot be worked on while something is missing, and that is named', () => {
    expect(schemaTrouble({ applied: 1, missing: ['rules/0002_b.sql'], unknown: [] })).toMatch(/rules\/0002_b\.sql not/)
    expect(schemaTrouble({ applied: 0, missing: ['rules/0001_a.sql', 'rules/0002_b.sql'], unknown: [] })).toContain(
      'rules/0001_a.sql and 1 more not applied',
    )
  })
})
