// `npm run start:distributed`: one process per service, on the Kafka and PostgreSQL that the environment names.
//   KAFKA_BROKERS           host:port, separated by commas
//   DATABASE_URL            a PostgreSQL where this user may create databases: one is made for each service (reprieve_<name>)
//   <NAME>_DATABASE_URL     instead, the address of one service's own database, which exists already
// and whatever the services themselves read: REPRIEVE_ADMIN_EMAIL, REPRIEVE_ADMIN_PASSWORD, SMTP_URL, MAIL_FROM, PUBLIC_URL, PORT (8080).
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, prepare, root } from './lib/prepare.mjs'

await prepare()
build()
const { SERVICE_NAMES } = await import('@reprieve/service-host')
const { default: pg } = await import('pg')

const environment = process.env
const faults = []
if (!environment.KAFKA_BROKERS) faults.push('KAFKA_BROKERS is missing: the brokers, host:port, separated by commas')
const own = (name) => environment[`${name.toUpperCase()}_DATABASE_URL`]
if (!environment.DATABASE_URL && SERVICE_NAMES.some((name) => !own(name))) {
  faults.push(
    `DATABASE_URL is missing (or one of ${SERVICE_NAMES.map((name) => `${name.toUpperCase()}_DATABASE_URL`).join(', ')})`,
  )
}
if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exit(2)
}

async function databaseUrl(name) {
  if (own(name)) return own(name)
  const url = new URL(environment.DATABASE_URL)
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    // 42P04: it is there already.
    await client.query(`CREATE DATABASE reprieve_${name}`).catch((error) => {
      if (error.code !== '42P04') throw error
    })
  } finally {
    await client.end()
  }
  url.pathname = `/reprieve_${name}`
  return url.href
}

const gatewayPort = Number(environment.PORT ?? 8080)
const portOf = (name) => gatewayPort + 1 + SERVICE_NAMES.indexOf(name)
const { DATABASE_URL: _, ...shared } = environment
const children = []
let stopping = false

function start(name, settings) {
  const child = spawn(process.execPath, [join(root, `services/${name}/dist/main.js`)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...shared, HOST: '127.0.0.1', ...settings },
  })
  children.push(child)
  child.once('exit', (code) => {
    if (stopping) return
    console.error(`${name} ended (${code ?? 'killed'}); stopping the others`)
    stop(1)
  })
}

async function stop(code) {
  if (stopping) return
  stopping = true
  await Promise.all(
    children
      .filter((child) => child.exitCode === null && child.signalCode === null)
      .map((child) => {
        child.kill('SIGTERM')
        return new Promise((resolve) => child.once('exit', resolve))
      }),
  )
  process.exit(code)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0))

const publicUrl = environment.PUBLIC_URL ?? `http://localhost:${gatewayPort}`
for (const name of SERVICE_NAMES) {
  start(name, { DATABASE_URL: await databaseUrl(name), PORT: String(portOf(name)), PUBLIC_URL: publicUrl })
}
start('gateway', {
  PORT: String(gatewayPort),
  ...Object.fromEntries(SERVICE_NAMES.map((name) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${portOf(name)}`])),
})

while (!stopping) {
  const ready = await fetch(`http://127.0.0.1:${gatewayPort}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  )
  if (ready) {
    console.log(`ready ${publicUrl}`)
    break
  }
  await new Promise((resolve) => setTimeout(resolve, 200))
}
