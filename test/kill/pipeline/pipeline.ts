import { randomUUID } from 'node:crypto'
import { InProcessCarrier, KafkaCarrier, messagingMigrations } from '@reprieve/messaging'
import { outboxMigrations } from '@reprieve/outbox'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import pg from 'pg'
import { eventually } from '../../support/api.js'
import { TestProcess } from '../../support/process.js'
import { SOURCE_TABLES, TARGET_TABLES } from './tables.js'

/** Where a run kills itself: at the `pass`-th time that it comes by; `delayMs` counts for what is under way then. */
export interface Kill {
  point: string
  pass: number
  delayMs: number
}

export type Store = { kind: 'in-process' } | { kind: 'kafka'; brokers: string[]; sessionTimeoutMs: number }

/** What everything came to. */
export interface Outcome {
  /** Changes whose author was told that they are made. */
  told: number[]
  /** Changes that are made: number, rule, version. */
  changes: Array<{ n: number; rule_id: string; version: number }>
  rules: Array<{ id: string; version: number; says: number }>
  /** What the inbox consumer did, in its order. */
  effects: Array<{ rule_id: string; version: number; says: number }>
  /** How many deliveries the inbox consumer had. */
  deliveries: number
  copies: Array<{ id: string; version: number; says: number }>
  /** What the position consumer booked, in its order: partition/offset and event. */
  ledger: Array<{ place: string; event_id: string }>
  /** The topic itself, read anew. */
  records: string[]
  /** Still in the outbox. */
  waiting: number
}

const CHILD = 'test/kill/pipeline/child.mjs'
const PARTITIONS = 4
/** Enough for every pass of every point, see `points.ts`. */
const CHANGES_A_RUN = 30

/** One source, one topic and its consumers, in processes that are killed and started again on the same data. */
export class Pipeline {
  readonly #id = randomUUID().slice(0, 8)
  readonly #store: Store
  readonly #source: TestDatabase
  readonly #target: TestDatabase
  readonly #messages: TestDatabase | null
  readonly #processes: TestProcess[] = []
  #neighbour: TestProcess | null = null
  #changes = 0

  private constructor(store: Store, source: TestDatabase, target: TestDatabase, messages: TestDatabase | null) {
    this.#store = store
    this.#source = source
    this.#target = target
    this.#messages = messages
  }

  static async create(store: Store): Promise<Pipeline> {
    const [source, target, messages] = await Promise.all([
      createDatabase(outboxMigrations),
      createDatabase(outboxMigrations),
      store.kind === 'kafka' ? null : createDatabase(messagingMigrations),
    ])
    await source.open().pool.query(SOURCE_TABLES)
    await target.open().pool.query(TARGET_TABLES)
    return new Pipeline(store, source, target, messages)
  }

  /** Starts a process that makes more changes, and returns when it has killed itself as told. */
  async runUntil(kill: Kill): Promise<void> {
    const child = this.#start(kill, this.#moreChanges())
    await this.#killed(child, kill)
  }

  /** The same beside a process that makes no changes of its own: it shares the partitions, and takes the relay over when it can. */
  async runBesideUntil(kill: Kill): Promise<void> {
    const child = this.#start(kill, this.#moreChanges(), { waits: true })
    await child.printed(/^ready$/m)
    if (this.#neighbour === null) {
      this.#neighbour = this.#start(null, 0)
      await this.#neighbour.printed(/^ready$/m)
    }
    child.child.kill('SIGUSR2')
    await this.#killed(child, kill)
  }

  /** Starts one more process and lets all that run now do what is left, then ends them in order. */
  async finish(): Promise<Outcome> {
    this.#start(null, this.#moreChanges())
    await this.#settled()
    for (const running of this.#processes.filter(({ ended }) => !ended)) {
      const code = await running.end('SIGTERM')
      if (code !== 0) throw new Error(`did not stop in order (${code ?? running.child.signalCode}):\n${running.output}`)
    }
    return this.#outcome()
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((running) => running.end('SIGKILL')))
    await Promise.all([this.#source, this.#target, this.#messages].map((database) => database?.drop()))
  }

  get #topic(): string {
    return `pipeline-${this.#id}.v1`
  }

  #moreChanges(): number {
    this.#changes += CHANGES_A_RUN
    return this.#changes
  }

  async #killed(child: TestProcess, { point }: Kill): Promise<void> {
    await eventually(
      async () => child.ended || child.output.slice(-2_000),
      (is) => is === true,
      60_000,
    )
    if (child.child.signalCode === 'SIGKILL' && child.output.includes(`killed at ${point}\n`)) return
    throw new Error(`ended (${child.child.exitCode ?? child.child.signalCode}) before "${point}":\n${child.output}`)
  }

  #start(kill: Kill | null, changes: number, { waits = false } = {}): TestProcess {
    const store = this.#messages === null ? this.#store : { ...this.#store, url: this.#messages.url }
    const orders = {
      store,
      kill,
      changes,
      waits,
      topic: this.#topic,
      group: `pipeline-${this.#id}`,
      partitions: PARTITIONS,
      source: this.#source.url,
      target: this.#target.url,
    }
    const child = new TestProcess(CHILD, [JSON.stringify(orders)])
    this.#processes.push(child)
    return child
  }

  /** Everything is made, published and consumed, as far as can be seen from outside. */
  async #settled(): Promise<void> {
    const source = this.#source.open().pool
    const target = this.#target.open().pool
    await eventually(
      async () => {
        const running = this.#processes.at(-1)
        if (running?.ended) throw new Error(`ended before the work was done:\n${running.output}`)
        const made = await count(source, 'SELECT count(*)::int AS n FROM change')
        const waiting = await count(source, 'SELECT count(*)::int AS n FROM outbox')
        const effects = await count(target, 'SELECT count(DISTINCT event_id)::int AS n FROM effect')
        const booked = await count(target, 'SELECT count(DISTINCT event_id)::int AS n FROM ledger')
        const versions = await count(target, 'SELECT coalesce(sum(version), 0)::int AS n FROM rule_copy')
        return { of: this.#changes, made, waiting, effects, booked, versions }
      },
      ({ of, made, waiting, effects, booked, versions }) =>
        waiting === 0 && [made, effects, booked, versions].every((n) => n === of),
      60_000,
    )
  }

  async #outcome(): Promise<Outcome> {
    const source = this.#source.open().pool
    const target = this.#target.open().pool
    const rows = async <T>(pool: pg.Pool, text: string) => (await pool.query(text)).rows as T[]
    return {
      told: this.#processes.flatMap(({ output }) => [...output.matchAll(/^made (\d+)$/gm)].map(([, n]) => Number(n))),
      changes: await rows(source, 'SELECT * FROM change ORDER BY n'),
      rules: await rows(source, 'SELECT * FROM rule ORDER BY id'),
      waiting: await count(source, 'SELECT count(*)::int AS n FROM outbox'),
      effects: await rows(target, 'SELECT rule_id, version, says FROM effect ORDER BY seq'),
      deliveries: await count(target, 'SELECT count(*)::int AS n FROM delivered'),
      copies: await rows(target, 'SELECT id, version::int, says FROM rule_copy ORDER BY id'),
      ledger: await rows(
        target,
        `SELECT partition || '/' || record_offset AS place, event_id FROM ledger ORDER BY seq`,
      ),
      records: await this.#readTopic(),
    }
  }

  /** Every record of the topic as `partition/offset`, by a group that nobody has used. */
  async #readTopic(): Promise<string[]> {
    const carrier =
      this.#store.kind === 'kafka'
        ? new KafkaCarrier({ ...this.#store, clientId: 'auditor' })
        : await InProcessCarrier.open({ url: this.#messages?.url ?? '' })
    const places: string[] = []
    try {
      const reading = await carrier.subscribe({
        group: `pipeline-${this.#id}.auditor`,
        topics: [this.#topic],
        handler: 'auditor',
        maxBatch: 1_000,
        handle: async (batch) => {
          places.push(...batch.map(({ partition, offset }) => `${partition}/${offset}`))
        },
      })
      await eventually(
        async () => ({ ...reading.status(), read: places.length }),
        ({ partitions, lag, read }) => partitions === PARTITIONS && lag === 0 && read > 0,
      )
      return places
    } finally {
      await carrier.close()
    }
  }
}

const count = async (pool: pg.Pool, text: string): Promise<number> =>
  ((await pool.query(text)).rows[0] as { n: number }).n
