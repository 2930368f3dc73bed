import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's address on the run's PostgreSQL. */
    postgresUrl: string
  }
}

// Projects share the vitest process but not its modules: one cluster serves them all.
const shared = globalThis as {
  reprieveTestCluster?: Promise<{ cluster: PostgresCluster; folder: string }>
  reprieveTestUsers?: number
}

async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-test-'))
  // The server may run as another user than ours.
  await chmod(folder, 0o755)
  const cluster = await PostgresCluster.start({
    folder: join(folder, 'postgres'),
    password: 'test',
    // Tests need what PostgreSQL decides, not what the disk keeps.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
      shared_buffers: '256MB',
    },
  })
  return { cluster, folder }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  if (given) {
    project.provide('postgresUrl', given)
    return async () => {}
  }
  shared.reprieveTestUsers = (shared.reprieveTestUsers ?? 0) + 1
  shared.reprieveTestCluster ??= start()
  const { cluster, folder } = await shared.reprieveTestCluster
  project.provide('postgresUrl', cluster.url())
  return async () => {
    shared.reprieveTestUsers = (shared.reprieveTestUsers ?? 1) - 1
    if (shared.reprieveTestUsers > 0) return
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
