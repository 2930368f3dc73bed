import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type { BrokerProcess } from './broker-process.port.js'

const run = promisify(execFile)
const IMAGE = 'apache/kafka:4.3.1'
const FETCH_MS = 180_000

/** A broker in a container; null where Docker does not answer or cannot get the image. */
export async function dockerBroker(port: number): Promise<BrokerProcess | null> {
  const docker = async (...args: string[]) => (await run('docker', args, { timeout: FETCH_MS })).stdout.trim()
  try {
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 10_000 }).then(({ stdout }) => {
      if (stdout.trim() === '') throw new Error('no Docker engine')
    })
    await docker('image', 'inspect', IMAGE).catch(() => docker('pull', '--quiet', IMAGE))
  } catch {
    return null
  }
  const name = `reprieve-kafka-${randomUUID()}`
  const settings = {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:${port + 1}`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_QUORUM_VOTERS: `1@127.0.0.1:${port + 1}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    KAFKA_LOG_SEGMENT_DELETE_DELAY_MS: '1000',
  }
  const environment = Object.entries(settings).flatMap(([key, value]) => ['--env', `${key}=${value}`])
  let made = false
  return {
    async start() {
      if (made) await docker('start', name)
      else
        await docker('run', '--detach', '--name', name, '--publish', `127.0.0.1:${port}:${port}`, ...environment, IMAGE)
      made = true
    },
    async stop() {
      await docker('stop', name)
    },
    async kill() {
      await docker('kill', name).catch(() => {})
    },
    async remove() {
      await docker('rm', '--force', '--volumes', name).catch(() => {})
    },
  }
}
