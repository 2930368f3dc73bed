// The whole of Reprieve for one bench: the process that `npm start` runs, in a folder that goes away.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, PostgresCluster } from '@reprieve/embedded-postgres'

const MAIN = fileURLToPath(new URL('../../services/standalone/dist/main.js', import.meta.url))
const ADMIN = 'admin@reprieve.example'

export const PASSWORD = 'correct horse battery staple'

/**
 * `work` gets { url, signIn, asleep }: `signIn(email)` resolves to a client, `asleep(doing)` keeps all from running until `doing` has ended.
 * @param fill is given a service's database before all starts, with the tables that it has then
 */
export async function withStandalone(work, { fill } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'reprieve-bench-'))
  const [port, smtp, mail] = await Promise.all([freePort(), freePort(), freePort()])
  const ports = ['--port', port, '--smtp-port', smtp, '--mail-port', mail].map(String)
  try {
    if (fill !== undefined) {
      await running(folder, ports, async () => {})
      await filled(folder, fill)
    }
    return await running(folder, ports, (url, asleep) =>
      work({ url, signIn: (email = ADMIN) => signIn(url, email), asleep }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function running(folder, ports, work) {
  // BENCH_PROFILE names a folder: the processor profiles of its threads are written there when it has ended.
  const profile = process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []
  const child = spawn(process.execPath, [...profile, MAIN, '--headless', '--no-demo', '--data', folder, ...ports], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, REPRIEVE_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  try {
    const url = await Promise.race([
      readyAt(child),
      exited.then(() => Promise.reject(new Error('standalone did not start'))),
    ])
    return await work(url, async (doing) => {
      child.kill('SIGSTOP')
      try {
        return await doing()
      } finally {
        child.kill('SIGCONT')
      }
    })
  } finally {
    child.kill('SIGTERM')
    await exited
  }
}

async function filled(folder, fill) {
  const { postgres } = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8'))
  const cluster = await PostgresCluster.start({
    folder: join(folder, 'postgres'),
    password: postgres,
    settings: { max_wal_size: '4GB' },
  })
  try {
    await fill((service) => cluster.url(`reprieve_${service}`))
  } finally {
    await cluster.stop()
  }
}

async function readyAt(child) {
  let output = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += text
    const url = output.match(/^ready (\S+)$/m)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`standalone did not start: ${output}`)
}

async function signIn(url, email) {
  const { accessToken } = await call(url, null, 'POST', '/session', { email, password: PASSWORD })
  return {
    get: (path) => call(url, accessToken, 'GET', path),
    post: (path, body) => call(url, accessToken, 'POST', path, body),
  }
}

/** Answers what came; anything but success is an error, since a bench of refusals tells nothing. */
async function call(url, token, method, path, body) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}
