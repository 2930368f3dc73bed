import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { TestProcess } from './process.js'

export const PASSWORD = 'correct horse battery staple'

export interface StartOptions {
  demo?: boolean
  data?: string
  environment?: Record<string, string>
}

/** `npm start`'s process, for tests: its own data folder and ports. */
export class Standalone {
  readonly url: string
  readonly mailUrl: string
  readonly data: string
  readonly process: TestProcess

  private constructor(url: string, mailUrl: string, data: string, process: TestProcess) {
    this.url = url
    this.mailUrl = mailUrl
    this.data = data
    this.process = process
  }

  static async start(options: StartOptions = {}): Promise<Standalone> {
    const [port, smtp, mail] = await Promise.all([freePort(), freePort(), freePort()])
    const data = options.data ?? (await mkdtemp(join(tmpdir(), 'reprieve-standalone-')))
    const child = new TestProcess(
      'services/standalone/dist/main.js',
      [
        '--headless',
        '--port',
        String(port),
        '--smtp-port',
        String(smtp),
        '--mail-port',
        String(mail),
        '--data',
        data,
        ...(options.demo ? [] : ['--no-demo']),
      ],
      { REPRIEVE_PASSWORD: PASSWORD, ...options.environment },
    )
    const [, url] = await child.printed(/^ready (\S+)$/m)
    return new Standalone(url ?? '', `http://127.0.0.1:${mail}`, data, child)
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
