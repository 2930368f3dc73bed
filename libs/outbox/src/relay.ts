import type { OutgoingMessage, Publisher } from '@reprieve/messaging'
import pg from 'pg'
import type { Outbox } from './outbox.js'

export interface RelayOptions {
  /** The service's own database. */
  url: string
  publisher: Publisher
  outbox: Outbox
  /** Told of every failed cycle, and of the next good one. */
  onFault?: (error: Error) => void
  onRecovery?: () => void
  /** Told of every cycle that published events, and of every one that failed. */
  onCycle?: (outcome: 'published' | 'failed', events: number) => void
}

export interface RelayStatus {
  /** True where this process publishes; another one of the same service may hold the lock. */
  leads: boolean
  /** Why the last cycle failed, null after a good one. */
  trouble: string | null
  published: number
  /** When the last good cycle ended. */
  lastCycleAt: Date | null
}

// Any number, the same for every process of every service: the lock is per database.
const ADVISORY_LOCK = 7_302_002
// Records a cycle: 1 000 events of 400 bytes are well below every broker's limits, and more gained nothing.
const BATCH = 1_000
const BATCH_BYTES = 4 * 1024 * 1024
// After an append the row shows at commit, which nobody tells us of: look often at first, then ever less.
const FIRST_LOOK_MS = 2
const IDLE_LOOK_MS = 200
const FAULT_WAIT_MS = { first: 100, most: 2_000 }
// A process that is frozen, or cut off from the network, keeps its connection and with it the lock: after so long without a word PostgreSQL
// ends it. Publishing may take longer, so something is said meanwhile. An address that sets `idle_session_timeout` itself prevails.
const SILENT_MS = 30_000
const WORD_EVERY_MS = 1_000

/**
 * Publishes what waits in the outbox: in order, at least once, deleted after the acknowledgement. One process of a service does it at
 * a time: whoever holds an advisory lock on a connection of its own. The lock dies with the process, and another one goes on.
 */
export class OutboxRelay {
  readonly #options: RelayOptions
  #client: pg.Client | null = null
  #stopping = false
  #wake: (() => void) | null = null
  #wakened = false
  #running: Promise<void> | null = null
  readonly #status: RelayStatus = { leads: false, trouble: null, published: 0, lastCycleAt: null }

  constructor(options: RelayOptions) {
    this.#options = options
    options.outbox.onAppend(() => this.#hint())
  }

  start(): void {
    this.#running ??= this.#run()
  }

  status(): RelayStatus {
    return { ...this.#status }
  }

  /** How long the event that is published next has waited, in seconds; 0 where none waits. */
  async oldestPendingAge(database: Pick<pg.Pool, 'query'>): Promise<number> {
    const { rows } = await database.query<{ age: number | null }>(
      'SELECT extract(epoch FROM clock_timestamp() - written_at)::float8 AS age FROM outbox ORDER BY seq LIMIT 1',
    )
    return Math.max(0, rows[0]?.age ?? 0)
  }

  /** Ends after the cycle in flight; what still waits is published after the next start. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake?.()
    await this.#running
  }

  #hint(): void {
    this.#wakened = true
    this.#wake?.()
  }

  async #run(): Promise<void> {
    let pause = IDLE_LOOK_MS
    let faultWait = FAULT_WAIT_MS.first
    while (!this.#stopping) {
      try {
        const client = await this.#lead()
        const published = client === null ? 0 : await this.#cycle(client)
        if (this.#status.trouble !== null) this.#options.onRecovery?.()
        this.#status.trouble = null
        this.#status.lastCycleAt = new Date()
        faultWait = FAULT_WAIT_MS.first
        if (published > 0) {
          this.#options.onCycle?.('published', published)
          pause = FIRST_LOOK_MS
          continue
        }
        if (this.#wakened) pause = FIRST_LOOK_MS
        this.#wakened = false
        await this.#sleep(pause)
        pause = Math.min(pause * 2, IDLE_LOOK_MS)
      } catch (error) {
        await this.#resign()
        this.#options.onCycle?.('failed', 0)
        if (this.#status.trouble === null) this.#options.onFault?.(error as Error)
        this.#status.trouble = (error as Error).message
        await this.#sleep(faultWait * (0.5 + Math.random()))
        faultWait = Math.min(faultWait * 2, FAULT_WAIT_MS.most)
      }
    }
    await this.#resign()
  }

  /** The connection that holds the lock, or null while another process holds it. */
  async #lead(): Promise<pg.Client | null> {
    if (this.#client === null) {
      const client = new pg.Client({
        connectionString: this.#options.url,
        application_name: 'reprieve-relay',
        connectionTimeoutMillis: 5_000,
        keepAlive: true,
      })
      // An idle connection that breaks is noticed by the next query.
      client.on('error', () => {})
      await client.connect()
      this.#client = client
      await client.query(
        `SELECT set_config('idle_session_timeout', $1, false) WHERE current_setting('idle_session_timeout') = '0'`,
        [String(SILENT_MS)],
      )
    }
    if (!this.#status.leads) {
      const { rows } = await this.#client.query<{ leads: boolean }>('SELECT pg_try_advisory_lock($1) AS leads', [
        ADVISORY_LOCK,
      ])
      this.#status.leads = rows[0]?.leads ?? false
    }
    return this.#status.leads ? this.#client : null
  }

  async #resign(): Promise<void> {
    const client = this.#client
    this.#client = null
    this.#status.leads = false
    await client?.end().catch(() => {})
  }

  async #cycle(client: pg.Client): Promise<number> {
    const { rows } = await client.query<{
      seq: string
      topic: string
      key: string
      event_id: string
      value: Buffer
      headers: Record<string, string>
    }>(
      `SELECT seq, topic, key, event_id, value, headers FROM (
         SELECT *, sum(octet_length(value)) OVER (ORDER BY seq) - octet_length(value) AS before
         FROM (SELECT * FROM outbox ORDER BY seq LIMIT $1) AS first
       ) AS sized WHERE before < $2 ORDER BY seq`,
      [BATCH, BATCH_BYTES],
    )
    if (rows.length === 0) return 0
    const messages: OutgoingMessage[] = rows.map((row) => ({
      topic: row.topic,
      key: row.key,
      value: row.value,
      headers: { ...row.headers, 'event-id': row.event_id },
    }))
    const words = setInterval(() => client.query('SELECT').catch(() => {}), WORD_EVERY_MS)
    await this.#options.publisher.publish(messages).finally(() => clearInterval(words))
    await client.query('DELETE FROM outbox WHERE seq = ANY($1::bigint[])', [rows.map((row) => row.seq)])
    this.#status.published += rows.length
    return rows.length
  }

  #sleep(milliseconds: number): Promise<void> {
    if (this.#stopping) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds)
      const self = this
      function done() {
        clearTimeout(timer)
        self.#wake = null
        resolve()
      }
      this.#wake = done
    })
  }
}
