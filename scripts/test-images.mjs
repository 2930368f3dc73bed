// `npm run test:images`: builds the image twice, each time from nothing, and holds it to what deploy/README.md says of it: test/images.
// As root on Debian it installs the packages that it needs and are missing; otherwise it says which those are. --built: tests what was built last.
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bases, buildImage, FOLDER, identity, inspect, missing, saveImage } from './lib/images.mjs'
import { build, prepare, root } from './lib/prepare.mjs'

await prepare()
build()

const lacking = missing({ local: true, runs: true })
if (lacking.length > 0) {
  const install = 'apt-get install --yes --no-install-recommends'
  if (process.getuid() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(
      `The images cannot be tested: not installed: ${lacking.join(', ')} (Debian: ${install} ${lacking.join(' ')})`,
    )
    process.exit(1)
  }
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  if (!apt('update') || !apt(...install.split(' ').slice(1), ...lacking)) process.exit(1)
}

const report = join(FOLDER, 'built.json')
if (!process.argv.includes('--built')) {
  const image = identity()
  const chosen = bases({
    base: process.env.BASE,
    buildBase: process.env.BUILD_BASE,
    local: process.argv.includes('--local-base'),
  })
  const builds = [1, 2].map(() => buildImage({ ...image, ...chosen, fresh: true }))
  const files = saveImage(image)
  writeFileSync(
    report,
    JSON.stringify({ ...image, ...chosen, ...files, builds, baseBytes: inspect(chosen.base).bytes }),
  )
}

const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'image'],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, REPRIEVE_IMAGE_REPORT: report } },
)
process.exitCode = status ?? 1
