import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CarrierHarness } from './carrier-harness.js'

export const KILL_POINTS = [
  'before publish',
  'after publish',
  'before handling',
  'before commit',
  'after commit',
] as const

const CHILD = fileURLToPath(new URL('./crash-child.mjs', import.meta.url))
const BUILD = fileURLToPath(new URL('../../../../scripts/build.mjs', import.meta.url))
const NUMBERS = 40
const PATIENCE_MS = 60_000

export interface CrashOutcome {
  /** Numbers whose publishing was acknowledged. */
  published: number[]
  /** Numbers of each key as they were handled, repetitions included. */
  handled: Map<string, number[]>
  /** What ended the first process. */
  signal: string | null
}

/** The children run the built package. */
export const buildForChildren = () => promisify(execFile)(process.execPath, [BUILD, '--quiet'])

/** One process is killed at a step of its work; a second one does the rest. */
export async function crashScenario(harness: CarrierHarness, killAt: string): Promise<CrashOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'reprieve-crash-'))
  const notes = join(folder, 'notes')
  await writeFile(notes, '')
  const id = randomUUID()
  const { kind, newStore } = harness.child
  const common = { kind, store: await newStore(), topic: `crash-${id}`, group: `crash-${id}`, notes, until: NUMBERS }
  try {
    const first = await child({ ...common, killAt, publish: { from: 0, to: NUMBERS } })
    if (first.signal === null) throw new Error(`the first process ended with ${first.code}: ${first.output}`)
    const published = numbersOf(await readFile(notes, 'utf8'), /^published (\d+)$/gm)
    // What was not acknowledged is published again, as the outbox would.
    const from = published.length
    const second = await child({ ...common, killAt: 'never', publish: { from, to: NUMBERS } })
    if (second.code !== 0)
      throw new Error(`${killAt}: the second process ended with ${second.code ?? second.signal}: ${second.output}`)
    const text = await readFile(notes, 'utf8')
    const handled = new Map<string, number[]>()
    for (const [, key = '', number] of text.matchAll(/^handled (\S+) (\d+)$/gm)) {
      const ofKey = handled.get(key) ?? []
      handled.set(key, ofKey)
      ofKey.push(Number(number))
    }
    return { published: numbersOf(text, /^published (\d+)$/gm), handled, signal: first.signal }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function child(parameters: object): Promise<{ code: number | null; signal: string | null; output: string }> {
  const running = spawn(process.execPath, [CHILD, JSON.stringify(parameters)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A record that was lost is waited for in vain.
    timeout: PATIENCE_MS,
  })
  let output = ''
  for (const stream of [running.stdout, running.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000)
    })
  }
  const [code, signal] = (await once(running, 'close')) as [number | null, string | null]
  return { code, signal, output }
}

const numbersOf = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map(([, number]) => Number(number))
