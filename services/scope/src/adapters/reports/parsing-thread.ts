import { Worker } from 'node:worker_threads'
import { ReportFault } from '../formats/report-fault.js'
import type { ReportFormatName, ReportOptions } from '../formats/report-format.port.js'
import type { FromThread, ParsedBatch, ParsingTask, ToThread } from './parsing-protocol.js'

/** The thread ended or failed by itself; the report need not be the cause. */
export class ParsingThreadError extends Error {
  override readonly name = 'ParsingThreadError'
}

// A report of 256 MiB is read within this; one that is not ends its thread, and no more.
const MEMORY_MIB = 320

// Threads cannot run TypeScript: from the sources, as in tests, the built one is taken.
const WORKER = new URL(
  import.meta.url.replace('/src/', '/dist/').replace(/parsing-thread\.[jt]s$/, 'parsing.worker.js'),
)

type Answer = Exclude<FromThread, { kind: 'more' }>

/** One side of a report that the thread is at. */
class Task {
  readonly #answers: Answer[] = []
  #credit = 0
  #wakeFeeder: (() => void) | null = null
  #wakeReader: (() => void) | null = null
  closed = false

  receive(message: FromThread): void {
    if (message.kind === 'more') this.#credit += 1
    else this.#answers.push(message)
    this.#wakeFeeder?.()
    this.#wakeReader?.()
  }

  close(): void {
    this.closed = true
    this.#wakeFeeder?.()
  }

  /** Resolves once the thread wants another chunk. @returns false if it wants none any more */
  async credit(): Promise<boolean> {
    while (this.#credit === 0 && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#wakeFeeder = resolve
      })
    }
    this.#credit -= 1
    return !this.closed
  }

  async answer(): Promise<Answer> {
    for (;;) {
      const answer = this.#answers.shift()
      if (answer !== undefined) return answer
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve
      })
    }
  }
}

/** Reads reports in one thread beside the event loop, several at a time; started when it is first needed. */
export class ParsingThread {
  readonly #tasks = new Map<number, Task>()
  #worker: Worker | null = null
  #next = 1

  /**
   * Whether a report can be read, and what it is.
   * @throws ReportFault, or whatever the source fails with
   */
  async inspect(
    source: AsyncIterable<Uint8Array>,
    options: Pick<ReportOptions, 'asset'>,
  ): Promise<{ format: ReportFormatName }> {
    for await (const answer of this.#run(source, { mode: 'inspect', options })) {
      if (answer.kind === 'done' && answer.format !== null) return { format: answer.format }
    }
    throw new ParsingThreadError('the thread has told nothing of the report')
  }

  /**
   * Reads a report; one batch is read ahead of the one that is being dealt with.
   * @throws ReportFault, or whatever the source fails with
   */
  async *read(source: AsyncIterable<Uint8Array>, options: ReportOptions, from: number): AsyncGenerator<ParsedBatch> {
    for await (const answer of this.#run(source, { mode: 'read', options, from })) {
      if (answer.kind === 'batch') yield answer.batch
    }
  }

  async stop(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  async *#run(source: AsyncIterable<Uint8Array>, work: ParsingTask): AsyncGenerator<Answer> {
    const id = this.#next++
    const task = new Task()
    const post = this.#post()
    this.#tasks.set(id, task)
    this.#worker?.ref()
    post({ task: id, kind: 'start', work })
    let sourceFault: { error: unknown } | null = null
    const feeding = this.#feed(id, task, source, post).catch((error: unknown) => {
      sourceFault = { error }
      post({ task: id, kind: 'stop' })
    })
    let ended = false
    try {
      for (;;) {
        const answer = await task.answer()
        if (sourceFault !== null) throw (sourceFault as { error: unknown }).error
        if (answer.kind === 'fault') throw new ReportFault(answer.code, answer.detail, answer.pointer)
        if (answer.kind === 'error') throw new ParsingThreadError(answer.message)
        yield answer
        if (answer.kind === 'done') {
          ended = true
          return
        }
        post({ task: id, kind: 'taken' })
      }
    } finally {
      if (!ended) post({ task: id, kind: 'stop' })
      this.#tasks.delete(id)
      if (this.#tasks.size === 0) this.#worker?.unref()
      task.close()
      await feeding
    }
  }

  async #feed(
    id: number,
    task: Task,
    source: AsyncIterable<Uint8Array>,
    post: (message: ToThread, transfer?: ArrayBuffer[]) => void,
  ): Promise<void> {
    for await (const chunk of source) {
      if (!(await task.credit())) return
      // A copy of its own, which can be handed over instead of being copied again.
      const bytes = new Uint8Array(chunk)
      post({ task: id, kind: 'chunk', bytes }, [bytes.buffer])
    }
    post({ task: id, kind: 'end' })
  }

  #post(): (message: ToThread, transfer?: ArrayBuffer[]) => void {
    this.#worker ??= this.#start()
    const worker = this.#worker
    return (message, transfer = []) => worker.postMessage(message, transfer)
  }

  #start(): Worker {
    const worker = new Worker(WORKER, { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB } })
    const fail = (message: string) => {
      if (this.#worker === worker) this.#worker = null
      // Whatever it was at is told so; each decides for itself whether to begin again.
      for (const [id, task] of this.#tasks) task.receive({ task: id, kind: 'error', message })
    }
    worker.on('message', (message: FromThread) => this.#tasks.get(message.task)?.receive(message))
    worker.on('error', (error: Error) => fail(error.message))
    worker.on('exit', () => fail('the thread has ended'))
    // Idle, it keeps no process alive.
    worker.unref()
    return worker
  }
}
