// What runs in the pods of `skaffold dev`: the sources lie where they can be written, are compiled when they come, and what runs is then started again.
// Everything else of the image stays as it is: read-only, and without rights.
import { spawn } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, utimesSync, watch } from 'node:fs'
import { join } from 'node:path'

const [from, ...words] = process.argv.slice(2)
const to = '/tmp/app'
// An editor writes several files at once.
const SETTLE_MS = 200

/** Packages stay where they are; links to our own lead to their copies. */
function linkPackages(folder) {
  mkdirSync(join(to, folder), { recursive: true })
  for (const name of readdirSync(join(from, folder))) {
    if (name !== '@reprieve') symlinkSync(join(from, folder, name), join(to, folder, name))
  }
}

for (const path of readdirSync(from).filter((name) => name !== 'node_modules')) {
  cpSync(join(from, path), join(to, path), { recursive: true, filter: (path) => !path.endsWith('/node_modules') })
}
linkPackages('node_modules')
const scope = 'node_modules/@reprieve'
mkdirSync(join(to, scope))
for (const name of readdirSync(join(from, scope)))
  symlinkSync(readlinkSync(join(from, scope, name)), join(to, scope, name))
for (const folder of globSync('{libs,services}/*/node_modules', { cwd: from })) linkPackages(folder)
// Nothing of it is stale: images say nothing of when a file was written.
const now = new Date()
for (const path of globSync(['{libs,services,console}/**/dist/**', '**/.built'], {
  cwd: to,
  exclude: ['node_modules'],
}))
  utimesSync(join(to, path), now, now)

/** @type {import('node:child_process').ChildProcess | null} */
let child = null
let again = false
function start() {
  again = false
  child = spawn(process.execPath, [join(to, 'deploy/image/reprieve.mjs'), ...words], { stdio: 'inherit' })
  child.once('exit', (code) => {
    child = null
    if (again) start()
    else if (code !== 0) process.stderr.write('it ended; it is started again when a source comes\n')
    else process.exit(0)
  })
}

let timer
function compileSoon() {
  clearTimeout(timer)
  timer = setTimeout(() => {
    const compile = spawn(process.execPath, [join(to, 'scripts/lib/compile.mjs')], { cwd: to, stdio: 'inherit' })
    compile.once('exit', (code) => {
      if (code !== 0) return
      again = true
      if (child === null) start()
      else child.kill('SIGTERM')
    })
  }, SETTLE_MS)
}

for (const folder of globSync('{libs,services}/*/src', { cwd: to })) {
  watch(join(to, folder), { recursive: true }, compileSoon)
}
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    again = false
    if (child === null) process.exit(0)
    child.kill(signal)
  })
}
start()
