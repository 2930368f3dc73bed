// `npm run check`, before every commit: format, lint, types, contracts, import directions, and the tests the change affects.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, prepare, root } from './lib/prepare.mjs'
import { STATIC_CHECKS } from './lib/static-checks.mjs'

await prepare()
build()
const run = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0

run(join(root, 'node_modules/.bin/biome'), [
  'check',
  '--write',
  '--changed',
  '--since=HEAD',
  '--no-errors-on-unmatched',
  '.',
])
const failed = STATIC_CHECKS.filter(({ command, args }) => !run(command, args)).map(({ name }) => name)
if (
  !run(process.execPath, [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--changed',
    '--passWithNoTests',
    '--project=!image',
  ])
)
  failed.push('affected tests')
if (failed.length > 0) {
  console.error(`\nnot yet: ${failed.join(', ')}`)
  process.exitCode = 1
}
