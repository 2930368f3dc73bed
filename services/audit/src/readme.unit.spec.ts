import { readFileSync } from 'node:fs'
import { describe as table } from '@reprieve/config'
import { describe, expect, it } from 'vitest'
import { auditVariables } from './configuration.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

describe('the README', () => {
  it('has the table of variables as the code declares them', () => {
    expect(readme).toContain(table(auditVariables))
  })
})
