import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SASLOptions } from 'kafkajs'
import type { BrokerProcess } from './broker-process.port.js'
import { jarFolder, WATCHED } from './java.js'

const run = promisify(execFile)
const KAFKA = { name: 'kafka', group: 'org.apache.kafka', artifact: 'kafka_2.13', version: '4.3.1' }

const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/** Somebody who may sign in by a password. */
export type KafkaUser = Extract<SASLOptions, { mechanism: 'scram-sha-256' | 'scram-sha-512' }>

/** The folder of Kafka's jars, fetched by Maven the first time; null where Java 17 or Maven is missing. */
export const kafkaJars = (): Promise<string | null> => jarFolder(KAFKA)

/**
 * A broker from Apache's jars, fetched by Maven the first time; null where Java 17 or Maven is missing.
 * @param security what is set of the listener for clients, if it is more than an open one
 * @param users whose passwords it knows
 */
export async function javaBroker(
  port: number,
  controllerPort: number,
  security: Readonly<Record<string, string>> = {},
  users: readonly KafkaUser[] = [],
): Promise<BrokerProcess | null> {
  const jars = await kafkaJars()
  if (jars === null) return null
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-kafka-'))
  const settings = join(folder, 'server.properties')
  await writeFile(settings, properties(join(folder, 'data'), port, controllerPort, security))
  const classPath = ['-cp', join(jars, '*')]
  const known = users.flatMap(({ mechanism, username, password }) => [
    '--add-scram',
    `${mechanism.toUpperCase()}=[name=${username},password=${password}]`,
  ])
  const format = ['format', '-t', CLUSTER_ID, '-c', settings, ...known]
  await run('java', [...JVM, ...classPath, 'kafka.tools.StorageTool', ...format])
  let server: ChildProcess | null = null
  let pid = 0

  const end = async (how: (server: ChildProcess) => void) => {
    const ending = server
    server = null
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
    const exited = once(ending, 'exit')
    how(ending)
    await exited
  }

  return {
    async start() {
      const starting = spawn('sh', ['-c', WATCHED, 'kafka', 'java', ...JVM, ...classPath, 'kafka.Kafka', settings], {
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      server = starting
      let tail = ''
      starting.stderr.setEncoding('utf8').on('data', (text: string) => {
        tail = (tail + text).slice(-4_000)
      })
      let output = ''
      await new Promise<void>((resolve, reject) => {
        starting.once('error', reject)
        starting.once('exit', () => reject(new Error(`Kafka did not start: ${(output + tail).slice(-4_000)}`)))
        starting.stdout.setEncoding('utf8').on('data', (text: string) => {
          output = (output + text).slice(0, 200) + (output + text).slice(200).slice(-4_000)
          const first = /^(\d+)\n/.exec(output)
          if (first === null) return
          pid = Number(first[1])
          resolve()
        })
      })
    },
    stop: () => end(() => process.kill(pid, 'SIGTERM')),
    kill: () => end((ending) => ending.stdin?.end()),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

// Any 16 bytes in base64; each broker has data of its own.
const CLUSTER_ID = 'cmVwcmlldmUtdGVzdHMhIQ'

function properties(
  data: string,
  port: number,
  controllerPort: number,
  security: Readonly<Record<string, string>>,
): string {
  const { protocol = 'PLAINTEXT', ...more } = security
  const lines = Object.entries(more).map(([name, value]) => `${name}=${value}\n`)
  return `${lines.join('')}process.roles=broker,controller
node.id=1
listeners=CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=CLIENTS://127.0.0.1:${port}
inter.broker.listener.name=CLIENTS
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CLIENTS:${protocol},CONTROLLER:PLAINTEXT
log.dirs=${data}
num.network.threads=2
num.io.threads=4
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.min.session.timeout.ms=1000
group.initial.rebalance.delay.ms=0
log.segment.delete.delay.ms=1000
controlled.shutdown.enable=false
`
}
