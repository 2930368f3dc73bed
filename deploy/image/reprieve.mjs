// What runs in an image: one command for every service and everything that is done to them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const at = (path) => fileURLToPath(new URL(path, root))
const mainOf = (service) => `services/${service}/dist/main.js`

const COMMAND = 'cli'
const processes = readdirSync(at('services'))
  .filter((name) => name !== COMMAND && existsSync(at(mainOf(name))))
  .sort()
const databases = processes.filter((name) => existsSync(at(`services/${name}/migrations`)))
const SIGNALS = ['SIGTERM', 'SIGINT']
const PROBES = ['startup', 'live', 'ready']

const USAGE = `SERVICE
    runs it until it is told to stop: ${processes.join(', ')}
migrate SERVICE
    brings the database at DATABASE_URL up to date for that service, and ends
migrate
    the same for every service, one after another, each with its own <NAME>_DATABASE_URL
begin-incarnation SERVICE
    after the database at DATABASE_URL was restored from a backup (docs/runbooks/restore.md)
health [${PROBES.join('|')}]
    ends with 0 if the process that listens on PORT here says so, else with 1; ready where nothing is said
import, republish, dlq, doctor …
    a client of the gateway at REPRIEVE_URL; "--help" tells more`

/** The process becomes that of a service, or of the command: what follows is what its own main reads. */
async function become(name, words) {
  process.argv = [process.execPath, at(mainOf(name)), ...words]
  await import(new URL(mainOf(name), root).href)
}

function refuse(why) {
  process.stderr.write(`${why}\n\n${USAGE}\n`)
  process.exit(2)
}

async function chore(words) {
  const [what, service, ...more] = words
  if (more.length > 0) refuse(`"${more[0]}" is one word too many`)
  if (!databases.includes(service)) refuse(`${what} is followed by one of: ${databases.join(', ')}`)
  await become(service, [what])
}

/** One after another, so that one that fails is the last that was touched. */
async function migrateAll() {
  const variable = (name) => `${name.toUpperCase()}_DATABASE_URL`
  const missing = databases.map(variable).filter((name) => !process.env[name] && !process.env[`${name}_FILE`])
  if (missing.length > 0) refuse(`missing in the environment: ${missing.join(', ')}`)
  for (const name of databases) {
    const environment = { ...process.env }
    for (const ending of ['', '_FILE']) {
      delete environment[`DATABASE_URL${ending}`]
      const given = process.env[`${variable(name)}${ending}`]
      if (given) environment[`DATABASE_URL${ending}`] = given
    }
    const child = spawn(process.execPath, [at(mainOf(name)), 'migrate'], { env: environment, stdio: 'inherit' })
    const passOn = (signal) => child.kill(signal)
    for (const signal of SIGNALS) process.on(signal, passOn)
    const [code] = await once(child, 'exit')
    for (const signal of SIGNALS) process.off(signal, passOn)
    if (code !== 0) process.exit(code ?? 1)
  }
}

async function health(probe = 'ready') {
  if (!PROBES.includes(probe)) refuse(`health is followed by one of: ${PROBES.join(', ')}`)
  const url = `http://127.0.0.1:${process.env.PORT || 8080}/health/${probe}`
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch((error) => error)
  if (answer instanceof Response && answer.ok) return
  process.stderr.write(`${answer instanceof Response ? await answer.text() : `${url} does not answer`}\n`)
  process.exit(1)
}

// The first process of a container is sent no signal that it does not ask for; until a service does so itself there is nothing to finish.
const leave = (signal) => {
  if (process.listenerCount(signal) === 1) process.exit(0)
}
for (const signal of SIGNALS) process.on(signal, leave)

const words = process.argv.slice(2)
const [first] = words
if (first === undefined || first === 'help' || first === '--help') {
  process.stdout.write(`${USAGE}\n`)
  process.exit(first === undefined ? 2 : 0)
} else if (processes.includes(first)) {
  if (words.length > 1) refuse(`"${words[1]}" is one word too many`)
  await become(first, [])
} else if (first === 'migrate' && words.length === 1) {
  await migrateAll()
} else if (first === 'migrate' || first === 'begin-incarnation') {
  await chore(words)
} else if (first === 'health') {
  await health(words[1])
} else {
  await become(COMMAND, words)
}
