import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PostgresCluster } from '@reprieve/embedded-postgres'
import type { TestProject } from 'vitest/node'
import { type KafkaProvision, provideKafka } from './shared-kafka.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's address on the run's PostgreSQL. */
    postgresUrl: string
  }
}

interface Surroundings {
  postgresUrl: string
  kafka: KafkaProvision
  stop(): Promise<void>
}

// Projects share the vitest process but not its modules: what is started once serves them all.
const shared = globalThis as { reprieveTests?: { surroundings: Promise<Surroundings>; users: number } }

async function start(): Promise<Surroundings> {
  const kafka = await provideKafka()
  const given = process.env['TEST_DATABASE_URL']
  if (given) return { postgresUrl: given, kafka, stop: () => kafka.stop() }
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
  return {
    postgresUrl: cluster.url(),
    kafka,
    async stop() {
      await Promise.all([cluster.stop(), kafka.stop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Real PostgreSQL for a run, started now, and real Kafka, started when the first test asks for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.reprieveTests ??= { surroundings: start(), users: 0 }
  const mine = shared.reprieveTests
  mine.users++
  const surroundings = await mine.surroundings
  project.provide('postgresUrl', surroundings.postgresUrl)
  project.provide('kafkaBrokers', surroundings.kafka.address)
  return async () => {
    mine.users--
    if (mine.users === 0) await surroundings.stop()
  }
}
