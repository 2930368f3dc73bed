import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { type Binaries, binaries } from './binaries.js'
import { freePort } from './free-port.js'
import { type Identity, identityFor } from './identity.js'

export interface ClusterOptions {
  /** Made if it is not there. */
  folder: string
  /** A free one is taken where absent. */
  port?: number
  /** Of the superuser `reprieve`; kept by the caller. */
  password: string
  /** Settings beyond PostgreSQL's own, as in postgresql.conf. */
  settings?: Readonly<Record<string, string>>
  onLog?: (line: string) => void
}

const SUPERUSER = 'reprieve'
const READY = 'database system is ready to accept connections'

/** A PostgreSQL server of our own on 127.0.0.1, its data in one folder. */
export class PostgresCluster {
  readonly port: number
  readonly #options: ClusterOptions
  readonly #binaries: Binaries
  readonly #identity: Identity
  #server: ChildProcess | null = null

  private constructor(options: ClusterOptions, port: number, programs: Binaries, identity: Identity) {
    this.#options = options
    this.port = port
    this.#binaries = programs
    this.#identity = identity
  }

  /** Starts the server on the folder, initialising it the first time. A server that a killed process left behind is stopped first. */
  static async start(options: ClusterOptions): Promise<PostgresCluster> {
    const programs = await binaries()
    const identity = await identityFor(options.folder, Object.values(programs))
    const cluster = new PostgresCluster(options, options.port ?? (await freePort()), programs, identity)
    await cluster.#stopLeftBehind()
    if ((await stat(join(options.folder, 'PG_VERSION')).catch(() => null)) === null) await cluster.#initialise()
    await cluster.restart()
    return cluster
  }

  /** Connection address of a database, by default as the superuser. */
  url(database = 'postgres', role = SUPERUSER, password = this.#options.password): string {
    return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${this.port}/${database}`
  }

  /** Runs statements as the superuser, one after the other, outside of a transaction. */
  async execute(statements: readonly string[], database = 'postgres'): Promise<void> {
    const client = new pg.Client({ connectionString: this.url(database) })
    // A connection that breaks fails the query in flight.
    client.on('error', () => {})
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }

  /** Starts the server again after `stop` or `kill`, on the same port. */
  async restart(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(this.port),
      unix_socket_directories: '',
      ...this.#options.settings,
    }
    const server = this.#spawn(this.#binaries.postgres, [
      '-D',
      this.#options.folder,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ])
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      let tail = ''
      server.stderr?.setEncoding('utf8').on('data', (text: string) => {
        tail = (tail + text).slice(-4_000)
        this.#options.onLog?.(text.trimEnd())
        if (text.includes(READY)) resolve()
      })
      server.once('error', reject)
      server.once('exit', (code) => reject(new Error(`PostgreSQL did not start (exit code ${code}): ${tail.trim()}`)))
    })
  }

  /** Fast shutdown: open transactions are rolled back, what was committed is on disk. */
  async stop(): Promise<void> {
    await this.#end('SIGINT')
  }

  /** Immediate shutdown, as in a crash: the next start recovers from the log. */
  async kill(): Promise<void> {
    await this.#end('SIGQUIT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null || server.exitCode !== null || server.signalCode !== null) return
    const exited = once(server, 'exit')
    server.kill(signal)
    await exited
  }

  async #initialise(): Promise<void> {
    const { folder, password } = this.#options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (this.#identity.kind === 'user') await chown(folder, this.#identity.uid, this.#identity.gid)
    const passwordFile = `${folder}.password`
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
    if (this.#identity.kind === 'user') await chown(passwordFile, this.#identity.uid, this.#identity.gid)
    try {
      // The C collation sorts text by code point everywhere alike, which keyset cursors and tests rely on.
      const initdb = this.#spawn(this.#binaries.initdb, [
        '-D',
        folder,
        '-U',
        SUPERUSER,
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-instructions',
        '--no-sync',
      ])
      let output = ''
      for (const stream of [initdb.stdout, initdb.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          output += text
        })
      }
      const [code] = (await once(initdb, 'close')) as [number | null]
      if (code !== 0) {
        throw new Error(`initdb failed in ${folder}: ${output.trim()}`)
      }
    } finally {
      await rm(passwordFile, { force: true })
    }
  }

  async #stopLeftBehind(): Promise<void> {
    const pidFile = join(this.#options.folder, 'postmaster.pid')
    const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0])
    if (!Number.isInteger(pid) || pid <= 1) return
    // The number may belong to something else by now: only a process that works in this folder is ours.
    const folder = await stat(this.#options.folder)
    const cwd = await stat(`/proc/${pid}/cwd`).catch(() => null)
    if (cwd === null || cwd.ino !== folder.ino || cwd.dev !== folder.dev) return
    process.kill(pid, 'SIGINT')
    for (let waited = 0; waited < 10_000; waited += 50) {
      if ((await stat(pidFile).catch(() => null)) === null) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`a PostgreSQL server (process ${pid}) still runs on ${this.#options.folder} and does not stop`)
  }

  #spawn(program: string, args: string[]): ChildProcess {
    const identity = this.#identity
    const [command, ...rest] = identity.kind === 'namespace' ? [...identity.command, program] : [program]
    return spawn(command, [...rest, ...args], {
      // A group of its own: Ctrl-C in the terminal must reach us first, so that services stop before their database.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C' },
      ...(identity.kind === 'user' ? { uid: identity.uid, gid: identity.gid } : {}),
    })
  }
}
