import { setTimeout as sleep } from 'node:timers/promises'
import { SERVICE_NAMES, type ServiceName } from '@reprieve/service-host'
import { createDatabase, freePort, type SmtpTestServer, startSmtpServer, type TestDatabase } from '@reprieve/testing'
import { ROOT, TestProcess } from '../process.js'
import { PASSWORD } from '../standalone.js'
import { Balancer } from './balancer.js'

export const ADMIN = 'admin@reprieve.example'
export const GATEWAYS = ['gateway-a', 'gateway-b'] as const
export type ProcessName = ServiceName | (typeof GATEWAYS)[number]

/**
 * One process a service on the run's Kafka and PostgreSQL, and two gateways behind a balancer. Each can be replaced by one of another tree
 * while the others go on.
 */
export class RollingSystem {
  readonly smtp: SmtpTestServer
  readonly #brokers: readonly string[]
  readonly #balancer: Balancer
  readonly #ports: ReadonlyMap<ProcessName, number>
  readonly #databases: ReadonlyMap<ServiceName, TestDatabase>
  readonly #processes = new Map<ProcessName, TestProcess>()
  readonly #replaced: Array<[ProcessName, TestProcess]> = []

  private constructor(
    brokers: readonly string[],
    smtp: SmtpTestServer,
    balancer: Balancer,
    ports: ReadonlyMap<ProcessName, number>,
    databases: ReadonlyMap<ServiceName, TestDatabase>,
  ) {
    this.#brokers = brokers
    this.smtp = smtp
    this.#balancer = balancer
    this.#ports = ports
    this.#databases = databases
  }

  /** @param root of the tree that all processes are of at first */
  static async start(brokers: readonly string[], root: string): Promise<RollingSystem> {
    const ports = new Map<ProcessName, number>()
    for (const name of [...SERVICE_NAMES, ...GATEWAYS]) ports.set(name, await freePort())
    const databases = new Map<ServiceName, TestDatabase>()
    for (const name of SERVICE_NAMES) databases.set(name, await createDatabase())
    const balancer = await Balancer.listen(await freePort())
    const system = new RollingSystem(brokers, await startSmtpServer(), balancer, ports, databases)
    await Promise.all(SERVICE_NAMES.map((name) => system.#start(name, root)))
    await Promise.all(GATEWAYS.map((name) => system.#start(name, root)))
    return system
  }

  get url(): string {
    return this.#balancer.url
  }

  /**
   * Ends a process in order and starts it again.
   * @returns its exit code
   */
  async replace(name: ProcessName, root: string = ROOT): Promise<number | null> {
    const port = this.#ports.get(name) ?? 0
    // A pod that ends gets no new connections first.
    this.#balancer.remove(port)
    const process = this.#processes.get(name)
    const code = (await process?.end('SIGTERM')) ?? null
    if (process !== undefined) this.#replaced.push([name, process])
    await this.#start(name, root)
    return code
  }

  /** What all of them have logged, for whoever looks for a cause. */
  get output(): string {
    return [...this.#replaced, ...this.#processes].map(([name, { output }]) => `${name}:\n${output}`).join('\n')
  }

  async remove(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.end('SIGTERM')))
    await this.#balancer.close()
    await this.smtp.stop()
    await Promise.all([...this.#databases.values()].map((database) => database.drop()))
  }

  async #start(name: ProcessName, root: string): Promise<void> {
    const isGateway = (GATEWAYS as readonly string[]).includes(name)
    const port = this.#ports.get(name) ?? 0
    const process = new TestProcess(
      `services/${isGateway ? 'gateway' : name}/dist/main.js`,
      [],
      {
        HOST: '127.0.0.1',
        PORT: String(port),
        LOG_LEVEL: 'warn',
        ...(isGateway ? this.#gatewaySettings() : this.#serviceSettings(name as ServiceName)),
      },
      root,
    )
    this.#processes.set(name, process)
    await this.#ready(name, port, process)
    if (isGateway) this.#balancer.add(port)
  }

  async #ready(name: ProcessName, port: number, process: TestProcess): Promise<void> {
    for (;;) {
      if (process.ended) throw new Error(`${name} ended (${process.child.exitCode}):\n${process.output.slice(-5_000)}`)
      // Of a gateway all that counts is that it answers: the services behind it come and go.
      const path = (GATEWAYS as readonly string[]).includes(name) ? 'healthz' : 'readyz'
      const isReady = await fetch(`http://127.0.0.1:${port}/${path}`).then(
        (answer) => answer.ok,
        () => false,
      )
      if (isReady) return
      await sleep(100)
    }
  }

  #serviceSettings(name: ServiceName): Record<string, string> {
    return {
      KAFKA_BROKERS: this.#brokers.join(','),
      DATABASE_URL: this.#databases.get(name)?.url ?? '',
      REPRIEVE_ADMIN_EMAIL: ADMIN,
      REPRIEVE_ADMIN_PASSWORD: PASSWORD,
      SMTP_URL: this.smtp.url,
      MAIL_FROM: 'Reprieve <reprieve@reprieve.example>',
      PUBLIC_URL: this.url,
    }
  }

  #gatewaySettings(): Record<string, string> {
    return {
      RATE_LIMIT_PER_SECOND: '100000',
      RATE_LIMIT_BURST: '100000',
      ...Object.fromEntries(
        SERVICE_NAMES.map((name) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${this.#ports.get(name)}`]),
      ),
    }
  }
}
