// `npm run test:upgrade`: the last release, built from its tag, is replaced by this version process by process while people work.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, prepare, root } from './lib/prepare.mjs'

await prepare()
build()
const { version, tag } = JSON.parse(readFileSync(join(root, 'test/last-release/release.json'), 'utf8'))
const environment = { ...process.env }
if (tag === null) console.log('nothing was released yet: this version is replaced by itself')
else {
  const tree = join(root, '.cache/last-release', version)
  const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: 'inherit' })
  if (!existsSync(join(tree, 'package.json'))) run('git', ['worktree', 'add', '--detach', tree, tag], root)
  run('npm', ['ci', '--no-audit', '--no-fund'], tree)
  run(process.execPath, ['scripts/build.mjs'], tree)
  environment.REPRIEVE_LAST_RELEASE = tree
  console.log(`${version} is replaced by this version`)
}
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'upgrade'],
  { cwd: root, stdio: 'inherit', env: environment },
)
process.exitCode = status ?? 1
