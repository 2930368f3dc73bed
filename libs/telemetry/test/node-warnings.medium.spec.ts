import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

describe('what the runtime warns of', () => {
  let printed: { stdout: string; stderr: string }

  beforeAll(() => {
    const script = `
      import { createLogger, logNodeWarnings } from '@reprieve/telemetry'
      logNodeWarnings(createLogger({ service: 'one', level: 'info' }))
      process.emitWarning('it will go', { type: 'DeprecationWarning', code: 'DEP0001' })
    `
    const cwd = fileURLToPath(new URL('..', import.meta.url))
    printed = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd, encoding: 'utf8' })
  })

  it('is a line of the log', () => {
    const [line, ...more] = printed.stdout.trim().split('\n')
    expect(JSON.parse(line ?? '')).toMatchObject({ level: 'warn', service: 'one', err: { message: 'it will go' } })
    expect(printed.stderr).toBe('')
    expect(more).toEqual([])
  })
})
