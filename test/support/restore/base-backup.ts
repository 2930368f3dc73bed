import { execFile } from 'node:child_process'
import { chown, lstat, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import pg from 'pg'
import type { Backup, BackupMethod } from './backup.js'

const run = promisify(execFile)
const GONE = /No such file or directory$/

interface Options {
  cluster: PostgresCluster
  /** The cluster's data folder. */
  data: string
  /** Where copies go. */
  folder: string
  password: string
}

/**
 * A physical backup as PostgreSQL documents it for whoever has no tool at hand: the files are copied between pg_backup_start and
 * pg_backup_stop while everybody writes, with the log that was written meanwhile. pg_basebackup does the same, and so do the operators that
 * run PostgreSQL in Kubernetes. A server that starts on a copy recovers to the moment of the stop.
 */
export class BaseBackup implements BackupMethod {
  readonly name = 'base backup'
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  async take(): Promise<Backup> {
    const { cluster, data, folder, password } = this.#options
    const copy = join(folder, 'base-backup')
    const client = new pg.Client({ connectionString: cluster.url() })
    await client.connect()
    try {
      await client.query("SELECT pg_backup_start('drill', fast => true)")
      await copyTree(data, copy)
      const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()')
      // The log up to the stop counts, whatever of it was there before; and this is not the server that runs on it.
      for (const name of ['pg_wal', 'postmaster.pid']) await rm(join(copy, name), { recursive: true, force: true })
      await copyTree(join(data, 'pg_wal'), join(copy, 'pg_wal'))
      const label = join(copy, 'backup_label')
      await writeFile(label, rows[0]?.labelfile ?? '', { mode: 0o600 })
      const { uid, gid } = await lstat(join(data, 'PG_VERSION'))
      if (process.getuid?.() === 0) await chown(label, uid, gid)
    } finally {
      await client.end()
    }
    return new RestoredClusters(copy, folder, password)
  }
}

/** Each restore is a server of its own, on a copy of its own. */
class RestoredClusters implements Backup {
  readonly #copy: string
  readonly #folder: string
  readonly #password: string
  readonly #clusters: PostgresCluster[] = []
  readonly #restored = new Set<string>()

  constructor(copy: string, folder: string, password: string) {
    this.#copy = copy
    this.#folder = folder
    this.#password = password
  }

  async restore(database: string): Promise<string> {
    // What was restored before has moved on.
    let cluster = this.#clusters.at(-1)
    if (cluster === undefined || this.#restored.has(database)) {
      cluster = await this.#start()
      this.#restored.clear()
    }
    this.#restored.add(database)
    return cluster.url(database)
  }

  async remove(): Promise<void> {
    await Promise.all(this.#clusters.map((cluster) => cluster.stop()))
  }

  async #start(): Promise<PostgresCluster> {
    const folder = join(this.#folder, `restored-${this.#clusters.length}`)
    await copyTree(this.#copy, folder)
    const cluster = await PostgresCluster.start({
      folder,
      password: this.#password,
      settings: { max_connections: '200', fsync: 'off' },
    })
    this.#clusters.push(cluster)
    return cluster
  }
}

/** With owners and modes. A file that goes away meanwhile was not needed: its end is in the log. */
async function copyTree(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to], { maxBuffer: 16 << 20, env: { ...process.env, LC_ALL: 'C' } }).catch(
    (error: Error & { stderr?: string }) => {
      const faults = (error.stderr ?? error.message).split('\n').filter((line) => line !== '' && !GONE.test(line))
      if (faults.length > 0) throw new Error(`the data could not be copied: ${faults[0]}`, { cause: error })
    },
  )
}
