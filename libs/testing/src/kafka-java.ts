import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BrokerProcess } from './broker-process.port.js'

const run = promisify(execFile)
const KAFKA_VERSION = '4.3.1'
const LEAST_JAVA = 17
// Under the project's root, shared by all runs.
const CACHE = fileURLToPath(new URL('../../../.cache/kafka/', import.meta.url))

const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
// The broker ends with us, even if we are killed: then the pipe of its standard input closes.
const WATCHED =
  'exec 3<&0; "$@" & broker=$!; echo "$broker"; (cat <&3 >/dev/null; kill -9 "$broker" 2>/dev/null) & wait "$broker"'

/** A broker from Apache's jars, fetched by Maven the first time; null where Java 17 or Maven is missing. */
export async function javaBroker(port: number, controllerPort: number): Promise<BrokerProcess | null> {
  const jars = await jarFolder()
  if (jars === null) return null
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-kafka-'))
  const settings = join(folder, 'server.properties')
  await writeFile(settings, properties(join(folder, 'data'), port, controllerPort))
  const classPath = ['-cp', join(jars, '*')]
  await run('java', [...JVM, ...classPath, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', settings])
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

function properties(data: string, port: number, controllerPort: number): string {
  return `process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
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

/** The folder of Kafka's jars, or null where they cannot be had. */
async function jarFolder(): Promise<string | null> {
  if (!(await hasJava())) return null
  const jars = join(CACHE, KAFKA_VERSION)
  if (await exists(jars)) return jars
  try {
    await run('mvn', ['--version'])
  } catch {
    return null
  }
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'fetching-'))
  try {
    await writeFile(join(folder, 'pom.xml'), POM)
    await run('mvn', [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${join(folder, 'jars')}`,
    ])
    // Another run may have been faster.
    await rename(join(folder, 'jars'), jars).catch(async (error: Error) => {
      if (!(await exists(jars))) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return jars
}

async function hasJava(): Promise<boolean> {
  try {
    const { stderr } = await run('java', ['-version'])
    return Number(/version "(\d+)/.exec(stderr)?.[1]) >= LEAST_JAVA
  } catch {
    return false
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>reprieve</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
  </dependencies>
</project>
`
