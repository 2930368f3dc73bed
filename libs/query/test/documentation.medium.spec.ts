import { readFile } from 'node:fs/promises'
import { compileQuery } from '@reprieve/query'
import { beforeAll, describe, expect, it } from 'vitest'

describe('the page for users', () => {
  let page: string

  beforeAll(async () => {
    page = await readFile(new URL('../../../docs/query-language.md', import.meta.url), 'utf8')
  })

  it('has only examples that compile', () => {
    const examples = [...page.matchAll(/```cel\n(.*?)```/gs)].map(([, text = '']) => text)
    expect(examples.length).toBeGreaterThan(5)
    for (const example of examples) expect(compileQuery(example), example).toMatchObject({ ok: true })
  })

  it('tells the answers that refused queries really get', () => {
    const [, table = ''] = page.split('| query | answer |')
    const lines = [...table.matchAll(/^\| `(.+)` \| (.+) \|$/gm)]
    expect(lines.length).toBeGreaterThan(5)
    for (const [, query = '', answer = ''] of lines) {
      const result = compileQuery(query)
      expect(result.ok ? '' : result.faults[0]?.message, query).toContain(answer)
    }
  })
})
