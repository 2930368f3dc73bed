import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@reprieve/database'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import { InProcessCarrier, messagingMigrations } from '../src/index.js'
import { describeCarrier } from './carrier-conformance.js'
import { QUICK_RETRY } from './support/carrier-harness.js'

// A PostgreSQL of its own: one test crashes it.
describeCarrier('in-process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-messaging-'))
  await chmod(folder, 0o755)
  const cluster = await PostgresCluster.start({
    folder: join(folder, 'postgres'),
    password: 'test',
    // The process is killed, not the machine.
    settings: { fsync: 'off', full_page_writes: 'off' },
  })
  const newLog = async () => {
    const name = `log_${randomBytes(8).toString('hex')}`
    await cluster.execute([`CREATE DATABASE ${name}`])
    const url = cluster.url(name)
    await migrate(url, [messagingMigrations])
    return url
  }
  const url = await newLog()
  return {
    open: () => InProcessCarrier.open({ url, retry: QUICK_RETRY, graceMs: 1_000 }),
    openBeside: async (first) => first,
    store: { crash: () => cluster.kill(), recover: () => cluster.restart() },
    child: { kind: 'in-process', newStore: async () => ({ url: await newLog() }) },
    async close() {
      await cluster.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
})
