import { readFileSync } from 'node:fs'
import { describe as table } from '@reprieve/config'
import { describe, expect, it } from 'vitest'
import { notificationsVariables } from './configuration.js'
import { NOTICE_KINDS } from './domain/notice-kind.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

describe('the README', () => {
  it('has the table of variables as the code declares them', () => {
    expect(readme).toContain(table(notificationsVariables))
  })

  it('tells of every kind of notice', () => {
    for (const kind of NOTICE_KINDS) expect(readme).toContain(`\`${kind}\``)
  })
})
