// `npm run drill`: databases are dumped while people work, restored one after the other, and everything must come to what was done since.
// What test/restore.e2e.spec.ts does in short, for longer, and with a pg_dump that is fetched where there is none. Where none can be had
// either the backup is a physical copy.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, prepare, root } from './lib/prepare.mjs'

await prepare()
build()

const found = spawnSync(process.execPath, [join(root, 'scripts/fetch-pg-dump.mjs')], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
})
const program = found.status === 0 ? found.stdout.trim() : null
console.log(
  program === null
    ? 'backups are physical copies, which prove all but pg_dump itself'
    : `backups by ${spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim()}`,
)
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'e2e', 'test/restore.e2e.spec.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, REPRIEVE_TEST_SIZE: 'nightly', ...(program === null ? {} : { PG_DUMP: program }) },
  },
)
process.exitCode = status ?? 1
