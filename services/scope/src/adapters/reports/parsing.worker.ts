import { parentPort } from 'node:worker_threads'
import { create, toBinary } from '@bufbuild/protobuf'
import { scanner } from '@reprieve/contracts'
import { inspectReport, readReport } from '../formats/read-report.js'
import { ReportFault } from '../formats/report-fault.js'
import type { ReportFormatName, ReportItem } from '../formats/report-format.port.js'
import type { FromThread, ParsedBatch, ParsingTask, ToThread } from './parsing-protocol.js'

// Runs in a thread of its own: reading a report is plain computing, and would keep requests and batches waiting.

// Ingest takes what waits as one batch: the larger, the less of its statements falls on each finding. The first are smaller, each twice the
// one before, so that it begins while the report is still being read.
const BATCH_EVENTS = { first: 250, most: 2_000 }
const BATCH_BYTES = 4 * 1024 * 1024
// Chunks that are on their way or wait here, for each report.
const AHEAD = 4
const MOST_FAULTS = 100

const port = parentPort
if (port === null) throw new Error('this is no thread')
const post = (message: FromThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

/** The bytes of one report as they come from the other side, which is asked for more as they are read. */
class Chunks implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = []
  #ended = false
  #wake: (() => void) | null = null

  constructor(private readonly more: () => void) {
    for (let chunk = 0; chunk < AHEAD; chunk++) more()
  }

  push(chunk: Uint8Array | null): void {
    if (chunk === null) this.#ended = true
    else this.#waiting.push(chunk)
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#waiting.shift()
      if (chunk !== undefined) {
        this.more()
        yield chunk
      } else if (this.#ended) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}

interface Running {
  readonly chunks: Chunks
  taken: () => void
  stopped: boolean
}

const running = new Map<number, Running>()

port.on('message', (message: ToThread) => {
  if (message.kind === 'start') return start(message.task, message.work)
  const task = running.get(message.task)
  if (task === undefined) return
  if (message.kind === 'chunk') task.chunks.push(message.bytes)
  else if (message.kind === 'end') task.chunks.push(null)
  else if (message.kind === 'taken') task.taken()
  else {
    task.stopped = true
    task.chunks.push(null)
    task.taken()
  }
})

function start(task: number, work: ParsingTask): void {
  const state: Running = { chunks: new Chunks(() => post({ task, kind: 'more' })), taken: () => {}, stopped: false }
  running.set(task, state)
  const format = work.mode === 'inspect' ? inspect(state, work) : read(task, state, work)
  format
    .then((found) => post({ task, kind: 'done', format: found }))
    .catch((error: unknown) => {
      if (error instanceof ReportFault) {
        post({ task, kind: 'fault', code: error.code, detail: error.detail, pointer: error.pointer })
      } else {
        post({ task, kind: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
      }
    })
    .finally(() => running.delete(task))
}

async function inspect(state: Running, work: Extract<ParsingTask, { mode: 'inspect' }>): Promise<ReportFormatName> {
  return (await inspectReport(state.chunks, work.options)).format
}

async function read(
  task: number,
  state: Running,
  { options, from }: Extract<ParsingTask, { mode: 'read' }>,
): Promise<ReportFormatName | null> {
  const batch = new Batch(from)
  let before: Promise<void> = Promise.resolve()
  // One batch is read while the one before it is being published.
  const flush = async () => {
    await before
    if (state.stopped) return
    before = new Promise<void>((resolve) => {
      state.taken = resolve
    })
    const parsed = batch.take()
    post({ task, kind: 'batch', batch: parsed }, [parsed.bytes.buffer as ArrayBuffer])
  }
  for await (const item of readReport(state.chunks, options)) {
    if (state.stopped) return null
    batch.add(item)
    if (batch.isFull) await flush()
  }
  if (!state.stopped) await flush()
  return batch.format
}

class Batch {
  format: ReportFormatName | null = null
  #keys: string[] = []
  #values: Uint8Array[] = []
  #bytes = 0
  #faults: { pointer: string; detail: string }[] = []
  #told = 0
  #through = 0
  #sent = 0
  #ignored = 0
  #rejected = 0
  #completions = 0
  #events = BATCH_EVENTS.first

  constructor(private readonly from: number) {}

  get isFull(): boolean {
    return this.#keys.length >= this.#events || this.#bytes >= BATCH_BYTES
  }

  add(item: ReportItem): void {
    switch (item.kind) {
      case 'format':
        this.format = item.format
        return
      case 'observed':
        this.#through = item.sequence + 1
        this.#sent += 1
        if (item.sequence >= this.from) {
          this.#event(item.event.asset?.id ?? '', { case: 'observed', value: item.event })
        }
        return
      case 'ignored':
        this.#through = item.sequence + 1
        this.#ignored += 1
        return
      case 'rejected':
        this.#through = item.sequence + 1
        this.#rejected += 1
        if (this.#told++ < MOST_FAULTS) this.#faults.push({ pointer: item.pointer, detail: item.reason })
        return
      case 'completed':
        this.#completions += 1
        this.#event(item.event.asset?.id ?? '', { case: 'scanCompleted', value: item.event })
    }
  }

  take(): ParsedBatch {
    const bytes = new Uint8Array(this.#bytes)
    const ends: number[] = []
    let end = 0
    for (const value of this.#values) {
      bytes.set(value, end)
      end += value.length
      ends.push(end)
    }
    const parsed: ParsedBatch = {
      format: this.format,
      keys: this.#keys,
      ends,
      bytes,
      through: this.#through,
      sent: this.#sent,
      ignored: this.#ignored,
      rejected: this.#rejected,
      completions: this.#completions,
      faults: this.#faults,
    }
    this.#keys = []
    this.#values = []
    this.#bytes = 0
    this.#faults = []
    this.#events = Math.min(this.#events * 2, BATCH_EVENTS.most)
    return parsed
  }

  #event(key: string, event: scanner.InstanceEvent['event']): void {
    const value = toBinary(scanner.InstanceEventSchema, create(scanner.InstanceEventSchema, { event }))
    this.#keys.push(key)
    this.#values.push(value)
    this.#bytes += value.length
  }
}
