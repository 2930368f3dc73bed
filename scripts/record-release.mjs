// `npm run record-release -- VERSION`: keeps what this version's code relies on and says, for the next one to be held against: the event contracts,
// every service's schema, events as they are published. See docs/upgrades.md.
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, prepare, root } from './lib/prepare.mjs'

const [version, ...rest] = process.argv.slice(2)
if (!/^\d+\.\d+\.\d+$/.test(version ?? '') || rest.length > 0) {
  console.error('say which version this is: npm run record-release -- 1.2.3')
  process.exit(2)
}
await prepare()
build()
execFileSync(join(root, 'node_modules/.bin/buf'), ['build', 'proto', '-o', 'proto/last-release.binpb'], {
  cwd: root,
  stdio: 'inherit',
})
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'medium', 'test/last-release.medium.spec.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, REPRIEVE_RECORD: 'release' } },
)
if (status !== 0) process.exit(status ?? 1)
writeFileSync(
  join(root, 'test/last-release/release.json'),
  `${JSON.stringify({ version, tag: `v${version}` }, null, 2)}\n`,
)
console.log(
  `recorded as ${version}: commit proto/last-release.binpb and test/last-release, and tag that commit v${version}`,
)
