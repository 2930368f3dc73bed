import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  name: string
  exports?: Readonly<Record<string, string | { default: string }>>
}

const entries = readdirSync(join(root, 'libs')).flatMap((folder) => {
  const { name, exports = {} }: Manifest = JSON.parse(readFileSync(join(root, 'libs', folder, 'package.json'), 'utf8'))
  // What leads to source is the test runner's alone.
  const built = Object.entries(exports).filter(([, to]) =>
    (typeof to === 'string' ? to : to.default).startsWith('./dist/'),
  )
  return built.map(([path]) => `${name}${path.slice(1)}`)
})

// One process for all: most of what each of them reads is the same.
const READ_ALL = `
  const faults = []
  for (const entry of process.argv.slice(1)) await import(entry).catch((error) => faults.push(entry + ': ' + error.message))
  console.log(JSON.stringify(faults))
  process.exit(0)`

it('Node itself reads every library as it is built, and not the test runner alone, which is laxer about named imports', async () => {
  expect(entries).toContain('@reprieve/testing')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', READ_ALL, ...entries],
    { cwd: root },
  )
  expect(JSON.parse(stdout)).toEqual([])
})
