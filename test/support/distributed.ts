import { SERVICE_NAMES } from '@reprieve/service-host'
import { createDatabase, freePort, type SmtpTestServer, startSmtpServer, type TestDatabase } from '@reprieve/testing'
import { TestProcess } from './process.js'
import { PASSWORD } from './standalone.js'

export const ADMIN = 'admin@reprieve.example'

/** `npm run start:distributed`'s processes, for tests: one a service, on the run's Kafka and PostgreSQL. */
export class Distributed {
  readonly url: string
  readonly smtp: SmtpTestServer
  readonly process: TestProcess
  readonly #databases: TestDatabase[]

  private constructor(url: string, smtp: SmtpTestServer, process: TestProcess, databases: TestDatabase[]) {
    this.url = url
    this.smtp = smtp
    this.process = process
    this.#databases = databases
  }

  static async start(brokers: readonly string[]): Promise<Distributed> {
    const smtp = await startSmtpServer()
    const databases = await Promise.all(SERVICE_NAMES.map(() => createDatabase()))
    const child = new TestProcess('scripts/start-distributed.mjs', [], {
      KAFKA_BROKERS: brokers.join(','),
      ...Object.fromEntries(
        SERVICE_NAMES.map((name, index) => [`${name.toUpperCase()}_DATABASE_URL`, databases[index]?.url ?? '']),
      ),
      // The services take the ports that follow. The kernel hands out free ones far apart from each other.
      PORT: String(await freePort()),
      REPRIEVE_ADMIN_EMAIL: ADMIN,
      REPRIEVE_ADMIN_PASSWORD: PASSWORD,
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
      // Lists come from memory here however few there are; in standalone, where the same is asked, from the database.
      COLUMNS_FROM_INSTANCES: '0',
      LOG_LEVEL: 'warn',
    })
    const [, url] = await child.printed(/^ready (\S+)$/m)
    return new Distributed(url ?? '', smtp, child, databases)
  }

  async remove(): Promise<void> {
    await this.process.end('SIGTERM')
    await this.smtp.stop()
    await Promise.all(this.#databases.map((database) => database.drop()))
  }
}
