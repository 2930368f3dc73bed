import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '@reprieve/testing'
import { afterEach, expect, it } from 'vitest'
import { FORWARDED_SERVICES } from '../src/index.js'

// The built process: `npm test` builds before it tests.
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

const addresses = Object.fromEntries(
  FORWARDED_SERVICES.map((name) => [`${name.toUpperCase()}_URL`, 'http://127.0.0.1:1']),
)

let child: ChildProcess
let output: string
function run(environment: Record<string, string>): ChildProcess {
  output = ''
  child = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'], ...environment } })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return child
}
afterEach(() => {
  child.kill('SIGKILL')
})

it('tells all that is wrong with its configuration at once, without a stack', async () => {
  const [code] = (await once(run({ PORT: 'many' }), 'close')) as [number]
  expect(code).toBe(2)
  const faults = Object.keys(addresses).length + 1
  expect(output).toMatch(
    new RegExp(
      `^gateway cannot start\\. The configuration has ${faults} faults:\n {2}PORT must be .*\n {2}DIRECTORY_URL is missing`,
    ),
  )
  expect(output).not.toContain('    at ')
})

it('runs by its environment alone, says so, and stops in order at SIGTERM', async () => {
  const port = await freePort()
  run({ ...addresses, HOST: '127.0.0.1', PORT: String(port) })
  await expect.poll(() => output, { timeout: 20_000 }).toContain('gateway is ready')
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503)
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
  expect(output).toContain('gateway has stopped')
})
