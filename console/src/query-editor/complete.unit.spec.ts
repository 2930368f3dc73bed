import { describe, expect, it } from 'vitest'
import { proposals } from './complete.js'

const FIELDS = [
  { name: 'severity', type: 'string', description: 'How bad.', values: ['critical', 'high'] },
  { name: 'asset.name', type: 'string', description: 'Its name.' },
  { name: 'asset.tags', type: 'list of string', description: 'Its tags.' },
  { name: 'kev', type: 'bool', description: 'Exploited.' },
]
const labels = (before: string, asked = false) => proposals(before, FIELDS, asked)?.options.map(({ label }) => label)

describe('completion of a query', () => {
  it('proposes fields and words where a word begins, in place of the whole word with its dots', () => {
    expect(labels('kev && asset.n')).toEqual(expect.arrayContaining(['asset.name', 'severity', 'in', 'has']))
    expect(proposals('kev && asset.n', FIELDS, false)?.from).toBe(7)
  })

  it('proposes nothing after a blank, unless it is asked', () => {
    expect(labels('kev && ')).toBeUndefined()
    expect(labels('kev && ', true)).toContain('severity')
  })

  it('proposes the values of a field in a comparison and in each place of a list', () => {
    expect(labels('severity == "cr')).toEqual(['critical', 'high'])
    expect(labels('kev && severity in ["low", "')).toEqual(['critical', 'high'])
    expect(proposals('severity == "cr', FIELDS, false)?.from).toBe(13)
  })

  it('proposes nothing inside of a text of a field that can have any', () => {
    expect(labels('asset.name == "sev')).toBeUndefined()
  })

  it('proposes what can be asked of a text, or of a list', () => {
    expect(labels('asset.name.')).toEqual(['startsWith', 'endsWith', 'contains'])
    expect(labels('asset.tags.ex')).toEqual(['exists'])
    expect(labels('kev.')).toEqual([])
  })
})
