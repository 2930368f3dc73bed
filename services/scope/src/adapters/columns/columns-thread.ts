import { Worker } from 'node:worker_threads'
import type { BackgroundWork } from '@reprieve/service-host'
import { type Logger, observe } from '@reprieve/telemetry'
import type {
  ColumnsAnswer,
  ColumnsQuestion,
  ColumnsSetup,
  ColumnsStatus,
  FromThread,
  ToThread,
} from './columns-protocol.js'

// Threads cannot run TypeScript: from the sources, as in tests, the built one is taken.
const WORKER = new URL(
  import.meta.url.replace('/src/', '/dist/').replace(/columns-thread\.[jt]s$/, 'columns.worker.js'),
)
const MOST_MS = 10_000
const AGAIN_AFTER_MS = 5_000

type Answer<Kind extends ColumnsQuestion['wanted']['kind']> = Extract<ColumnsAnswer, { kind: Kind }>

export interface Answered<Kind extends ColumnsQuestion['wanted']['kind']> {
  readonly answer: Answer<Kind>
  /** What was committed longer before the question than this is in the answer. */
  readonly staleMs: number
}

/**
 * The inventory in memory, in a thread beside the event loop. It is never needed: whoever asks gets null where the columns are not there, not up
 * to date or too large, and asks the database instead.
 */
export class ColumnsThread implements BackgroundWork {
  readonly #asked = new Map<number, (message: Exclude<FromThread, { kind: 'status' }> | null) => void>()
  #worker: Worker | null = null
  #next = 1
  #stopped = false
  #status: ColumnsStatus = { state: 'small', rows: 0, bytes: 0, detail: null }
  #stopObserving: (() => void)[] = []

  /** @param setup null where no columns are wanted */
  constructor(
    private readonly setup: ColumnsSetup | null,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  get status(): ColumnsStatus {
    return this.#status
  }

  start(): void {
    if (this.setup === null) return
    this.#begin(this.setup)
    this.#stopObserving = [
      observe('reprieve.columns.rows', {}, () => (this.#status.state === 'ready' ? this.#status.rows : 0)),
      observe('reprieve.columns.memory', {}, () => this.#status.bytes),
    ]
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const stop of this.#stopObserving) stop()
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  /** No trouble: the database answers meanwhile, only more slowly. */
  warning(): string | null {
    const { state, detail } = this.#status
    if (state !== 'full' && state !== 'failed') return null
    return `the inventory is not kept in memory, lists are slower: ${detail ?? 'the thread has ended'}`
  }

  /** @returns null where the database has to be asked */
  async ask<Kind extends ColumnsQuestion['wanted']['kind']>(
    question: ColumnsQuestion & { wanted: { kind: Kind } },
  ): Promise<Answered<Kind> | null> {
    const worker = this.#worker
    if (worker === null || this.#status.state !== 'ready') return null
    const id = this.#next++
    const message = await new Promise<Exclude<FromThread, { kind: 'status' }> | null>((resolve) => {
      const timer = setTimeout(() => {
        this.#asked.delete(id)
        resolve(null)
      }, MOST_MS)
      this.#asked.set(id, (told) => {
        clearTimeout(timer)
        resolve(told)
      })
      worker.postMessage({ kind: 'ask', id, question } satisfies ToThread)
    })
    if (message === null || message.kind === 'none') return null
    if (message.kind === 'fault') {
      this.logger.warn({ detail: message.message }, 'the columns could not answer; the database does')
      return null
    }
    return { answer: message.answer as Answer<Kind>, staleMs: message.staleMs }
  }

  #begin(setup: ColumnsSetup): void {
    const worker = new Worker(WORKER, { workerData: setup })
    this.#worker = worker
    worker.on('message', (message: FromThread) => this.#receive(message))
    worker.on('error', (err: Error) => this.logger.warn({ err }, 'the thread of the columns has failed'))
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null
      this.#status = { ...this.#status, state: 'failed' }
      for (const tell of this.#asked.values()) tell(null)
      this.#asked.clear()
      if (!this.#stopped) setTimeout(() => this.#stopped || this.#begin(setup), AGAIN_AFTER_MS).unref()
    })
    // It keeps no process alive.
    worker.unref()
  }

  #receive(message: FromThread): void {
    if (message.kind !== 'status') {
      this.#asked.get(message.id)?.(message)
      this.#asked.delete(message.id)
      return
    }
    const { status } = message
    if (status.state !== this.#status.state) {
      const { state, rows, detail } = status
      if (state === 'full' || state === 'failed') {
        this.logger.warn({ state, detail }, 'the inventory is not kept in memory: lists are slower')
      } else this.logger.info({ state, rows }, 'the inventory in memory')
    }
    this.#status = status
  }
}
