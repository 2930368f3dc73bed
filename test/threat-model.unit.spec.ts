import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../', import.meta.url)
const sections = readFileSync(new URL('docs/threat-model.md', ROOT), 'utf8').split(/^### /m).slice(1)

/** The ways of the threat model with the tests that each names. */
const ways = sections.map((section) => {
  const [title = '', ...lines] = (section.split(/^## /m)[0] ?? '').split('\n')
  const tests = lines.flatMap((line) => {
    const [, file, name] = /^- `([^`]+)` › (.+)$/.exec(line) ?? []
    return file === undefined || name === undefined ? [] : [{ file, name }]
  })
  return { title, tests }
})

describe('the threat model', () => {
  it('knows ways', () => {
    expect(ways.length).toBeGreaterThan(20)
  })

  it.each(ways)('has a test that holds this way shut: $title', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0)
    const missing = tests
      .filter(({ file, name }) => !titlesIn(file).has(name))
      .map(({ file, name }) => `${file} › ${name}`)
    expect(missing).toEqual([])
  })
})

/** Every text of a spec: the titles of its tests, and of the rows of those that are made from a table. */
function titlesIn(file: string): ReadonlySet<string> {
  const url = new URL(file, ROOT)
  if (!file.endsWith('.spec.ts') || !existsSync(url)) return new Set()
  const texts = readFileSync(url, 'utf8').matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)
  return new Set([...texts].map(([, plain, template]) => plain ?? template ?? ''))
}
