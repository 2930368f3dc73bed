// Builds everything: contracts from proto/, then each package's src/ into its dist/.
// One swc pass over the whole tree takes about a second; files older than their output are skipped. The console is bundled by Vite
// when one of its files has changed.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
process.chdir(root)

// How long files of the console's builds before are kept.
const KEPT_MS = 60 * 60_000

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** Generates libs/contracts/src/gen from proto/ when a .proto file is newer than the last generation. */
function buildContracts() {
  const protos = globSync('proto/**/*.{proto,yaml}')
  const stamp = 'libs/contracts/src/gen/.built'
  if (protos.every((file) => modified(file) < modified(stamp))) return 0
  rmSync('libs/contracts/src/gen', { recursive: true, force: true })
  execFileSync(join(root, 'node_modules/.bin/buf'), ['generate'], {
    cwd: 'proto',
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
  })
  writeFileSync(stamp, '')
  return protos.length
}

async function buildPackages() {
  const { transformFile } = await import('@swc/core')
  const sources = globSync('{libs,services}/*/src/**/*.ts').filter((file) => !/\.spec\.ts$|\.d\.ts$/.test(file))
  const output = (file) => file.replace(/^([^/]+\/[^/]+)\/src\//, '$1/dist/').replace(/\.ts$/, '.js')
  // What has no source any more must not stay runnable.
  const expected = new Set(sources.map(output))
  for (const file of globSync('{libs,services}/*/dist/**/*.js')) {
    if (!expected.has(file)) {
      rmSync(file)
      rmSync(`${file}.map`, { force: true })
    }
  }
  const settings = modified('scripts/lib/compile.mjs')
  const stale = sources.filter((file) => Math.max(modified(file), settings) >= modified(output(file)))
  const queue = [...stale]
  const work = async () => {
    for (let file = queue.pop(); file; file = queue.pop()) {
      const target = output(file)
      const { code, map } = await transformFile(file, {
        swcrc: false,
        configFile: false,
        sourceMaps: true,
        sourceFileName: join(root, file),
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      })
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(`${target}.map`, map)
      writeFileSync(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return stale.length
}

/** Bundles the console into console/dist, in one step: whoever serves it meanwhile finds the old one or the new one whole. */
async function buildConsole() {
  const sources = globSync(
    ['src/**/*', 'public/*', 'index.html', 'vite.config.ts', 'package.json'].map((pattern) => `console/${pattern}`),
  ).filter((file) => !/\.spec\.tsx?$/.test(file))
  const stamp = 'console/dist/.built'
  const newest = Math.max(...sources.map(modified))
  // A file that was taken away shows in its folder's time.
  if (newest < modified(stamp)) return 0
  const { build } = await import('vite')
  const fresh = join(root, `.cache/console-${process.pid}`)
  const started = new Date()
  await build({
    root: join(root, 'console'),
    configFile: join(root, 'console/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: fresh, emptyOutDir: true },
  })
  writeFileSync(join(fresh, '.built'), '')
  // A page that is open goes on with the files it knows.
  for (const file of globSync('console/dist/assets/*')) {
    const kept = join(fresh, 'assets', file.split('/').pop())
    if (!existsSync(kept) && Date.now() - modified(file) < KEPT_MS) cpSync(file, kept, { preserveTimestamps: true })
  }
  // What changed while it was built is built next time.
  utimesSync(join(fresh, '.built'), started, started)
  rmSync('console/dist', { recursive: true, force: true })
  renameSync(fresh, 'console/dist')
  return sources.length
}

const started = performance.now()
const contracts = buildContracts()
const files = (await buildPackages()) + (await buildConsole())
if (!process.argv.includes('--quiet') && contracts + files > 0) {
  console.log(`built ${files} files in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}
