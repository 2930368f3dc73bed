import { availableParallelism, totalmem } from 'node:os'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import type { DataFolder } from './data-folder.js'

export interface Databases {
  urlOf(name: string): string
  keyEncryptionSecret: string
  stop(): Promise<void>
}

/**
 * PostgreSQL on the data folder with a database and a role of its own for each name: a service can connect to its own and to no other.
 */
export async function startDatabases(
  folder: DataFolder,
  names: readonly string[],
  onLog: (line: string) => void,
): Promise<Databases> {
  const secrets = await folder.secrets(names)
  const cluster = await PostgresCluster.start({
    folder: folder.postgres,
    password: secrets.postgres,
    settings: {
      // Eight services with small pools each; a connection that idles costs a few megabytes.
      max_connections: '200',
      shared_buffers: `${Math.min(512, Math.max(64, Math.floor(totalmem() / 2 ** 20 / 32)))}MB`,
      max_worker_processes: String(availableParallelism() * 2),
      // Bulk ingest writes much log between two checkpoints.
      max_wal_size: '2GB',
    },
    onLog,
  })
  try {
    for (const name of names) await makeDatabase(cluster, name, secrets.services[name] ?? '')
  } catch (error) {
    await cluster.stop()
    throw error
  }
  return {
    urlOf: (name) => cluster.url(database(name), database(name), secrets.services[name] ?? ''),
    keyEncryptionSecret: secrets.keyEncryption,
    stop: () => cluster.stop(),
  }
}

const database = (name: string): string => `reprieve_${name}`

async function makeDatabase(cluster: PostgresCluster, name: string, password: string): Promise<void> {
  const role = database(name)
  // Names are ours and passwords base64url: nothing in them needs escaping.
  await ignoring('42710', cluster.execute([`CREATE ROLE ${role} LOGIN`]))
  await cluster.execute([`ALTER ROLE ${role} PASSWORD '${password}'`])
  await ignoring('42P04', cluster.execute([`CREATE DATABASE ${database(name)} OWNER ${role}`]))
  await cluster.execute([`REVOKE ALL ON DATABASE ${database(name)} FROM PUBLIC`])
}

/** `code` is what PostgreSQL says where the thing is there already. */
async function ignoring(code: string, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if ((error as { code?: string }).code !== code) throw error
  }
}
