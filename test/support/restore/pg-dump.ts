import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresCluster } from '@reprieve/embedded-postgres'
import type { Backup, BackupMethod } from './backup.js'

const run = promisify(execFile)
const OURS = 18

export interface PgDumpProgram {
  path: string
  version: string
}

/** pg_dump as `PG_DUMP` names it, or as it is installed; null where there is none that is as new as our server: an older one refuses. */
export async function findPgDump(): Promise<PgDumpProgram | null> {
  const path = process.env['PG_DUMP'] ?? 'pg_dump'
  const told = await run(path, ['--version']).then(
    ({ stdout }) => stdout,
    () => '',
  )
  const version = /\) (\d+\.\d+)/.exec(told)?.[1] ?? ''
  return Number.parseInt(version, 10) >= OURS ? { path, version } : null
}

/** A dump of each database by itself, as the runbook tells, restored into an empty one. */
export class PgDump implements BackupMethod {
  readonly name: string
  readonly #program: PgDumpProgram
  readonly #cluster: PostgresCluster
  readonly #databases: readonly string[]
  readonly #folder: string

  constructor(program: PgDumpProgram, cluster: PostgresCluster, databases: readonly string[], folder: string) {
    this.name = `pg_dump ${program.version}`
    this.#program = program
    this.#cluster = cluster
    this.#databases = databases
    this.#folder = folder
  }

  async take(): Promise<Backup> {
    const file = (database: string) => join(this.#folder, `${database}.dump`)
    for (const database of this.#databases) {
      await run(this.#program.path, ['--format=custom', `--file=${file(database)}`, this.#cluster.url(database)])
    }
    const { path } = this.#program
    const pgRestore = path.includes('/') ? join(dirname(path), 'pg_restore') : 'pg_restore'
    let restored = 0
    return {
      restore: async (database) => {
        const name = `${database}_restored_${++restored}`
        await this.#cluster.execute([`CREATE DATABASE ${name}`])
        const url = this.#cluster.url(name)
        await run(pgRestore, ['--no-owner', '--exit-on-error', `--dbname=${url}`, file(database)])
        return url
      },
      remove: async () => {},
    }
  }
}
