// What every command of the project does first, on whatever Node (>= 20) it was started with and with nothing installed yet:
// install the packages of the lock file, and go on under the Node that the project is built for.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

// crypto.argon2 came with 24.7, and 24.9 is what all of our tools ask for.
const LEAST_NODE = [24, 9]

const say = (text) => process.stderr.write(`${text}\n`)

/** True if node_modules holds what the lock file says, whoever installed it. */
function installed() {
  const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false
  const wanted = read('package-lock.json')
  const present = read('node_modules/.package-lock.json')
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/')) return true
    if (link) return existsSync(join(root, path))
    return present[path] === undefined ? optional === true : present[path].version === version
  })
}

function install() {
  say('Installing packages (once, about a minute) …')
  mkdirSync(join(root, '.cache'), { recursive: true })
  const log = join(root, '.cache/install.log')
  const output = openSync(log, 'w')
  const npm = process.env.npm_execpath
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  const { status, error } = spawnSync(command, [...args, 'ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', output, output],
  })
  if (status === 0) return
  say(readFileSync(log, 'utf8').split('\n').slice(-20).join('\n'))
  say(`npm ci failed${error ? ` (${error.message})` : ''}; all it said is in .cache/install.log`)
  process.exit(1)
}

/** The Node that npm installed for this platform, else the one that runs us if it is new enough. */
function suitableNode() {
  const own = join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`)
  if (existsSync(own)) return own
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return process.execPath
  say(
    `Reprieve needs Node ${LEAST_NODE.join('.')} or newer. There is no npm package of it for ${process.platform}-${process.arch}, ` +
      `and this is Node ${process.versions.node}: please install a newer one from https://nodejs.org`,
  )
  process.exit(1)
}

/**
 * Installs what is missing, then runs the calling script again under the right Node if this is not it (and then never resolves).
 * Whatever is spawned later finds that Node and the installed commands first.
 */
export async function prepare() {
  if (!installed()) install()
  const node = suitableNode()
  process.env.PATH = [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  if (realpathSync(node) === realpathSync(process.execPath)) return
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  // A signal of the terminal reaches the child by itself; one that was sent to us alone is handed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  child.once('exit', (code, signal) => process.exit(signal ? 128 : (code ?? 1)))
  await new Promise(() => {})
}

/** Builds what is stale. */
export function build() {
  execFileSync(process.execPath, [join(root, 'scripts/lib/compile.mjs'), '--quiet'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}
