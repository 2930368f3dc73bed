import { describe, expect, it } from 'vitest'
import { compileQuery } from './compile.js'
import { describeFields, fieldOf, instanceFields } from './fields.js'

describe('the field registry', () => {
  it('has the fields that the API promises, with their types', () => {
    const byType = Map.groupBy(describeFields(), ({ type }) => type)
    const names = Object.fromEntries(
      [...byType].map(([type, fields]) => [type, fields.map(({ name }) => name).join(' ')]),
    )
    expect(names).toEqual({
      string:
        'id vulnerability title severity scannerSeverity asset.id asset.name asset.type asset.os asset.owner asset.businessUnit asset.environment asset.exposure asset.criticality component.name component.version component.purl location',
      'list of string': 'aliases asset.tags scanners',
      double: 'cvss epss',
      int: 'port',
      bool: 'kev fixAvailable',
      timestamp: 'firstSeen now',
    })
  })

  it('tells the values of a field only where they are few and fixed, and of each field nothing but what is for users', () => {
    const fields = describeFields()
    expect(fields.filter(({ values }) => values !== undefined).map(({ name }) => name)).toEqual([
      'severity',
      'asset.type',
      'asset.exposure',
      'asset.criticality',
    ])
    for (const field of fields) {
      expect(Object.keys(field).filter((key) => !['name', 'type', 'description', 'values'].includes(key))).toEqual([])
      expect(field.description).not.toBe('')
    }
  })

  it('has no field that is only a property of every object', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(fieldOf(instanceFields, name)).toBeUndefined()
    }
  })

  it('lets has ask for every field but the clock', () => {
    for (const { name } of describeFields()) expect(compileQuery(`has(${name})`).ok).toBe(name !== 'now')
  })
})
