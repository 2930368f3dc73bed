// A PostgreSQL for one bench: durable as in production (fsync on), its data in a folder that goes away.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@reprieve/database'
import { PostgresCluster } from '@reprieve/embedded-postgres'

export async function withCluster(work) {
  const folder = mkdtempSync(join(tmpdir(), 'reprieve-bench-'))
  chmodSync(folder, 0o755)
  const cluster = await PostgresCluster.start({
    folder: join(folder, 'postgres'),
    password: 'bench',
    settings: { shared_buffers: '512MB', max_wal_size: '4GB', max_connections: '200' },
  })
  const database = async (name, ...sets) => {
    await cluster.execute([`CREATE DATABASE ${name}`])
    await migrate(cluster.url(name), sets)
    return cluster.url(name)
  }
  try {
    return await work({ cluster, database })
  } finally {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

export const percentile = (numbers, p) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor((numbers.length * p) / 100))]
