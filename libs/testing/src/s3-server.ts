import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@reprieve/embedded-postgres'
import { jarFolder, WATCHED } from './java.js'

const S3PROXY = {
  name: 's3proxy',
  group: 'org.gaul',
  artifact: 's3proxy',
  version: '3.1.0',
  // As it asks for them they do not fit each other: it fails at every upload in parts.
  versions: { group: 'com.fasterxml.jackson', artifact: 'jackson-bom', version: '2.21.2' },
}
const JVM = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const START_MS = 60_000

/** A real server of the S3 protocol, which checks signatures and keeps its objects in a folder. */
export interface S3TestServer {
  endpoint: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  /** As in a crash. */
  kill(): Promise<void>
  /** Again after `kill`: same address, same data. */
  start(): Promise<void>
  /** Stops it for good and deletes its data. */
  close(): Promise<void>
}

/** Starts S3Proxy from its jars, fetched by Maven the first time. @returns null where Java 17 or Maven is missing (said loudly) */
export async function startS3Server(): Promise<S3TestServer | null> {
  const jars = await jarFolder(S3PROXY)
  if (jars === null) {
    process.stderr.write('\nSKIPPED: no S3 server. Have Java 17 and Maven at hand.\n\n')
    return null
  }
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-s3-'))
  const [bucket, accessKeyId, secretAccessKey] = ['evidence', 'reprieve', 'only-for-tests'] as const
  const data = join(folder, 'data')
  await mkdir(join(data, bucket), { recursive: true })
  const endpoint = `http://127.0.0.1:${await freePort()}`
  const settings = join(folder, 's3proxy.conf')
  await writeFile(settings, properties({ endpoint, data, accessKeyId, secretAccessKey }))
  await writeFile(join(folder, 'logback.xml'), '<configuration><root level="OFF"/></configuration>')
  let end: (() => Promise<void>) | null = null
  const kill = async () => {
    await end?.()
    end = null
  }
  const start = async () => {
    const java = [...JVM, `-Dlogback.configurationFile=${join(folder, 'logback.xml')}`, '-cp', join(jars, '*')]
    const server = spawn(
      'sh',
      ['-c', WATCHED, 's3', 'java', ...java, 'org.gaul.s3proxy.Main', '--properties', settings],
      {
        stdio: ['pipe', 'ignore', 'ignore'],
      },
    )
    const exited = once(server, 'exit')
    end = async () => {
      server.stdin.end()
      await exited
    }
    await answers(endpoint, () => server.exitCode !== null)
  }
  const close = async () => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return { endpoint, bucket, accessKeyId, secretAccessKey, kill, start, close }
}

const properties = (of: { endpoint: string; data: string; accessKeyId: string; secretAccessKey: string }) => `
s3proxy.endpoint=${of.endpoint}
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=${of.accessKeyId}
s3proxy.credential=${of.secretAccessKey}
jclouds.provider=filesystem-nio2
jclouds.identity=none
jclouds.credential=none
jclouds.filesystem.basedir=${of.data}
`

async function answers(endpoint: string, gone: () => boolean): Promise<void> {
  const deadline = performance.now() + START_MS
  for (;;) {
    const status = await fetch(endpoint).then(
      (response) => response.status,
      () => null,
    )
    if (status !== null) return
    if (gone() || performance.now() > deadline) throw new Error('the S3 server did not start')
    await sleep(100)
  }
}
