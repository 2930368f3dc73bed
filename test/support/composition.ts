import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import { SERVICE_NAMES, type ServiceName } from '@reprieve/service-host'
import { freePort, type SmtpTestServer, startSmtpServer } from '@reprieve/testing'
import pg from 'pg'
import { TestProcess } from './process.js'
import { PASSWORD } from './standalone.js'

export const ADMIN = 'admin@reprieve.example'

/** The whole product in one process, with a PostgreSQL and a mail server beside it that a test can take away and give back. */
export class Composition {
  readonly postgres: PostgresCluster
  readonly smtp: SmtpTestServer
  readonly url: string
  readonly #folder: string
  readonly #port: number
  #process: TestProcess
  #addresses: Readonly<Partial<Record<string, string>>> = {}

  private constructor(folder: string, postgres: PostgresCluster, smtp: SmtpTestServer, port: number) {
    this.#folder = folder
    this.postgres = postgres
    this.smtp = smtp
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
    this.#process = this.#spawn()
  }

  static async start(): Promise<Composition> {
    const folder = await mkdtemp(join(tmpdir(), 'reprieve-faults-'))
    // The server may run as another user than ours.
    await chmod(folder, 0o755)
    // What was acknowledged must outlive a crash: nothing of PostgreSQL's care for the disk is switched off.
    const postgres = await PostgresCluster.start({
      folder: join(folder, 'postgres'),
      password: 'faults',
      settings: { max_connections: '200' },
    })
    await postgres.execute([...SERVICE_NAMES, 'messages'].map((name) => `CREATE DATABASE ${name}`))
    const composition = new Composition(folder, postgres, await startSmtpServer(), await freePort())
    await composition.#ready()
    return composition
  }

  get process(): TestProcess {
    return this.#process
  }

  addressOf(service: ServiceName): string {
    return this.#addresses[service] ?? ''
  }

  /** Kills the product and starts it again. */
  async restart(): Promise<void> {
    await this.#process.end('SIGKILL')
    this.#process = this.#spawn()
    await this.#ready()
  }

  /** Sends a signal to PostgreSQL and each of its processes: a server that is there and does not answer. */
  async signalPostgres(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const pid = Number((await readFile(join(this.#folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n', 1)[0])
    // The parent first: one that is stopped makes no more children.
    process.kill(pid, signal)
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue
      if (parentIn(await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')) !== pid) continue
      try {
        process.kill(Number(name), signal)
      } catch (error) {
        // It has ended meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
  }

  /** How many records were given up on so far. */
  async deadLetters(): Promise<number> {
    const client = new pg.Client({ connectionString: this.postgres.url('messages') })
    await client.connect()
    try {
      const { rows } = await client.query<{ count: number }>(
        "SELECT coalesce(sum(next_offset), 0)::int AS count FROM topic_partition WHERE topic LIKE '%.dlq'",
      )
      return rows[0]?.count ?? 0
    } finally {
      await client.end()
    }
  }

  async remove(): Promise<void> {
    await this.#process.end('SIGTERM')
    await this.smtp.stop()
    await this.postgres.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    const [, addresses] = await this.#process.printed(/^ready (.+)$/m)
    this.#addresses = JSON.parse(addresses ?? '{}') as Record<string, string>
  }

  #spawn(): TestProcess {
    return new TestProcess('test/support/composition-process.ts', [], {
      POSTGRES_URL: this.postgres.url('').replace(/\/$/, ''),
      GATEWAY_PORT: String(this.#port),
      REPRIEVE_ADMIN_EMAIL: ADMIN,
      REPRIEVE_ADMIN_PASSWORD: PASSWORD,
      SMTP_URL: this.smtp.url,
      MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
      PUBLIC_URL: this.url,
    })
  }
}

// The name of a process, in parentheses, may hold anything.
const parentIn = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
