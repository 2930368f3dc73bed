import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@reprieve/testing'
import { TestProcess } from './process.js'

export const PASSWORD = 'correct horse battery staple'

export interface Ports {
  gateway: number
  smtp: number
  mail: number
}

export interface StartOptions {
  demo?: boolean
  data?: string
  /** Of an earlier start, so that clients find it where it was. */
  ports?: Ports
  environment?: Record<string, string>
}

/** `npm start`'s process, for tests: its own data folder and ports. */
export class Standalone {
  readonly url: string
  readonly mailUrl: string
  readonly data: string
  readonly ports: Ports
  readonly process: TestProcess

  private constructor(url: string, data: string, ports: Ports, process: TestProcess) {
    this.url = url
    this.mailUrl = `http://127.0.0.1:${ports.mail}`
    this.data = data
    this.ports = ports
    this.process = process
  }

  static async start(options: StartOptions = {}): Promise<Standalone> {
    const ports = options.ports ?? (await freePorts())
    const data = options.data ?? (await mkdtemp(join(tmpdir(), 'reprieve-standalone-')))
    const child = new TestProcess(
      'services/standalone/dist/main.js',
      [
        '--headless',
        '--port',
        String(ports.gateway),
        '--smtp-port',
        String(ports.smtp),
        '--mail-port',
        String(ports.mail),
        '--data',
        data,
        ...(options.demo ? [] : ['--no-demo']),
      ],
      { REPRIEVE_PASSWORD: PASSWORD, ...options.environment },
    )
    const [, url] = await child.printed(/^ready (\S+)$/m)
    return new Standalone(url ?? '', data, ports, child)
  }

  async stop(): Promise<number | null> {
    return this.process.end('SIGTERM')
  }

  /** Stops it and takes its data away. */
  async remove(): Promise<void> {
    await this.stop()
    await rm(this.data, { recursive: true, force: true })
  }
}

async function freePorts(): Promise<Ports> {
  const [gateway, smtp, mail] = await Promise.all([freePort(), freePort(), freePort()])
  return { gateway, smtp, mail }
}
