import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('./read-large-report.mjs', import.meta.url))
const run = promisify(execFile)
const nightly = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'

interface Told {
  readonly mebibytes: number
  readonly counts: Readonly<Record<string, number>>
  readonly fault?: string
  readonly peakMegabytes: number
  readonly seconds: number
}

async function reading(shape: string, mebibytes: number): Promise<Told> {
  const { stdout } = await run(process.execPath, ['--max-old-space-size=320', script, shape, String(mebibytes)], {
    timeout: 280_000,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told
}

// All in under 512 MB of memory, on a heap of 320: reports of 200 MiB, by day the two that are hardest.
describe('a report of 200 MiB', { timeout: 300_000 }, () => {
  it('whose findings come before all that they refer to is read whole', async () => {
    const told = await reading('cyclonedx-backwards', 200)
    expect(told.fault).toBeUndefined()
    expect(told.mebibytes).toBeGreaterThan(190)
    expect(told.counts).toMatchObject({ format: 1, observed: Math.round((200 * 2 ** 20) / 1370), completed: 1 })
    expect(told.peakMegabytes).toBeLessThan(512)
  })

  it('that is one string is one finding rejected', async () => {
    const told = await reading('one-string', 200)
    expect(told).toMatchObject({ counts: { rejected: 1, completed: 1 } })
    expect(told.peakMegabytes).toBeLessThan(512)
  })

  it.each(nightly ? ['cyclonedx', 'sarif', 'grype'] : [])('of %s is read whole', async (shape) => {
    const told = await reading(shape, 200)
    expect(told.fault).toBeUndefined()
    expect(told.counts).toMatchObject({ completed: 1 })
    expect(told.counts['observed']).toBeGreaterThan(100_000)
    expect(told.peakMegabytes).toBeLessThan(512)
  })

  it.each(nightly ? ['components', 'empties'] : [])(
    'of nothing but %s ends with the bound it is over',
    async (shape) => {
      const told = await reading(shape, 200)
      expect(told.fault).toBe('TOO_LARGE')
      expect(told.peakMegabytes).toBeLessThan(512)
    },
  )
})
