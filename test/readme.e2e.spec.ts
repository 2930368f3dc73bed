import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './support/process.js'
import { PASSWORD, Standalone } from './support/standalone.js'

const run = promisify(execFile)

/** The walk's shell blocks, and what they are said to print. */
function walk(): { script: string; printed: string } {
  const readme = readFileSync(`${ROOT}README.md`, 'utf8')
  const section = readme.slice(readme.indexOf('## Five minutes with curl'), readme.indexOf('## More'))
  const blocks = (language: string) =>
    [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block ?? '')
  return { script: blocks('sh').join('\n'), printed: blocks('text').join('') }
}

describe('the walk of the README', () => {
  let standalone: Standalone

  beforeAll(async () => {
    standalone = await Standalone.start({ demo: true })
  })
  afterAll(async () => standalone.remove())

  it('does and prints what it says', async () => {
    const { script, printed } = walk()
    expect(script.length).toBeGreaterThan(500)
    const { stdout, stderr } = await run(
      'bash',
      ['-euo', 'pipefail', '-c', script.replaceAll('http://localhost:8080', standalone.url)],
      {
        env: { ...process.env, REPRIEVE_PASSWORD: PASSWORD },
        timeout: 120_000,
      },
    )
    expect({ stdout, stderr }).toEqual({ stdout: printed, stderr: '' })
  })
})
