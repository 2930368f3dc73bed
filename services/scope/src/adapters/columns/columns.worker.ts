import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'
import { answerQuestion } from './answer-question.js'
import type { ColumnsQuestion, ColumnsSetup, ColumnsStatus, FromThread, ToThread } from './columns-protocol.js'
import { ChangesGoneError, InventorySource, MemoryLimitError } from './inventory-source.js'

// Runs in a thread of its own: to go over ten million rows takes tens of milliseconds, and to read them minutes.

const POLL_EVERY_MS = 200
const LOOK_AGAIN_MS = 2_000
const STILL_SMALL_MS = 5_000
const FULL_FOR_MS = 3_600_000
// What is further behind than this is no answer.
const MOST_STALE_MS = 2_000

const port = parentPort
if (port === null) throw new Error('this is no thread')
const post = (message: FromThread) => port.postMessage(message)
const setup = workerData as ColumnsSetup

/** The columns once they are complete; and up to when (by this thread's own clock) all that was committed is in them. */
let current: { source: InventorySource; caughtUpAt: number } | null = null
/** Ends the pause between two looks at the changes. */
let wake = () => {}
/** Told at the end of every look. */
const waiting: (() => void)[] = []

const status = (state: ColumnsStatus['state'], detail: string | null = null) => {
  const inventory = current?.source.inventory
  post({
    kind: 'status',
    status: { state, rows: inventory?.rows.count ?? 0, bytes: inventory?.bytes ?? 0, detail },
  })
}

port.on('message', ({ id, question }: ToThread) => {
  answer(question)
    .then((answered) => post(answered === null ? { kind: 'none', id } : { kind: 'answer', id, ...answered }))
    .catch((error: unknown) =>
      post({ kind: 'fault', id, message: error instanceof Error ? error.message : String(error) }),
    )
})

async function answer(question: ColumnsQuestion) {
  const asked = performance.now()
  const { patienceMs = setup.patienceMs } = question
  while (current !== null && current.caughtUpAt < asked && performance.now() - asked < patienceMs) {
    wake()
    await Promise.race([new Promise<void>((resolve) => waiting.push(resolve)), sleep(patienceMs)])
  }
  if (current === null) return null
  const staleMs = Math.max(0, asked - current.caughtUpAt)
  if (staleMs > MOST_STALE_MS) return null
  return { answer: answerQuestion(current.source.inventory, question), staleMs }
}

/** Ends by an error only; one of them is that the connection has ended. */
async function run(client: pg.Client): Promise<never> {
  const source = new InventorySource(client, setup.memoryBytes)
  while (!(await source.hasMoreThan(setup.fromInstances))) {
    status('small')
    await sleep(STILL_SMALL_MS)
  }
  status('loading')
  await source.load()
  let told = 0
  for (;;) {
    const caughtUpAt = performance.now()
    await source.catchUp()
    current = { source, caughtUpAt }
    for (const tell of waiting.splice(0)) tell()
    if (performance.now() - told > LOOK_AGAIN_MS) {
      told = performance.now()
      status('ready')
    }
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    if (waiting.length === 0) await Promise.race([woken, sleep(POLL_EVERY_MS)])
  }
}

for (;;) {
  const client = new pg.Client({ connectionString: setup.connectionString, application_name: 'scope columns' })
  // Whatever is asked next fails and says why.
  client.on('error', () => {})
  let pause = LOOK_AGAIN_MS
  try {
    await client.connect()
    await run(client)
  } catch (error) {
    current = null
    for (const tell of waiting.splice(0)) tell()
    const message = error instanceof Error ? error.message : String(error)
    if (error instanceof MemoryLimitError) {
      status('full', message)
      // Old values are let go of only by reading everything anew.
      pause = FULL_FOR_MS
    } else status(error instanceof ChangesGoneError ? 'loading' : 'failed', message)
  }
  await client.end().catch(() => {})
  await sleep(pause)
}
