import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { fromBinary } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { coverage } from '@reprieve/contracts'
import type { Carrier } from '@reprieve/messaging'
import { v7 as uuidv7 } from 'uuid'
import { type ToldCoverage, toldCoverage } from './told-coverage.js'

const PROCESS = fileURLToPath(new URL('./sharing-scope.mjs', import.meta.url))
export const INSTANCES = 'scanner.instances.v1'

export interface SharingScope {
  readonly process: ChildProcess
  /** Resolves once it takes part. */
  readonly ready: Promise<void>
  /** Resolves with where it was when it halted itself. */
  readonly halted: Promise<string>
  /** In order. */
  end(): Promise<void>
  kill(): Promise<void>
}

/** Starts one of the processes that share the partitions. */
export function startSharing(options: {
  databaseUrl: string
  brokers: readonly string[]
  sessionTimeoutMs: number
  fault?: string
}): SharingScope {
  const child = spawn(process.execPath, [PROCESS], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: options.databaseUrl,
      BROKERS: options.brokers.join(','),
      SESSION_TIMEOUT_MS: String(options.sessionTimeoutMs),
      FAULT: options.fault ?? 'none',
    },
  })
  const lines: string[] = []
  const waiting: { starts: string; resolve: (line: string) => void }[] = []
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
    lines.push(line)
    for (const { starts, resolve } of waiting) if (line.startsWith(starts)) resolve(line)
  })
  const line = (starts: string) =>
    new Promise<string>((resolve) => {
      const said = lines.find((each) => each.startsWith(starts))
      if (said !== undefined) resolve(said)
      else waiting.push({ starts, resolve })
    })
  const gone = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  return {
    process: child,
    ready: line('ready').then(() => {}),
    halted: line('halted'),
    async end() {
      const patience = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await gone('SIGTERM')
      clearTimeout(patience)
    },
    kill: () => gone('SIGKILL'),
  }
}

/** What other systems have been told. A relay that stood still may tell what is old once more: as the event says, the newest wins. */
export class Listener {
  readonly #told = new Map<string, ToldCoverage>()
  /** `partition:offset` of each record that is among the dead letters, and why. */
  readonly deadLetters = new Map<string, string>()

  async listen(carrier: Carrier): Promise<void> {
    const group = `outside-${uuidv7()}`
    await carrier.subscribe({
      group,
      handler: 'test',
      maxBatch: 500,
      topics: ['coverage.v1'],
      handle: async (batch) => {
        for (const { value } of batch) {
          for (const change of toldCoverage(fromBinary(coverage.CoverageChangesSchema, value))) {
            const pair = `${change.instanceId} ${change.exceptionId}`
            const known = this.#told.get(pair)
            if (known === undefined || !isOlder(change, known)) this.#told.set(pair, change)
          }
        }
      },
    })
    await carrier.subscribe({
      group: `${group}-dead`,
      handler: 'test',
      maxBatch: 500,
      topics: [`${INSTANCES}.dlq`],
      handle: async (batch) => {
        for (const { headers } of batch) {
          this.deadLetters.set(`${headers['dlq-partition']}:${headers['dlq-offset']}`, headers['dlq-reason'] ?? '')
        }
      },
    })
  }

  /** Pairs of instance and exception that are taken for covered. */
  get covered(): string[] {
    return [...this.#told].flatMap(([pair, { covered }]) => (covered ? [pair] : [])).sort()
  }
}

function isOlder(change: ToldCoverage, known: ToldCoverage): boolean {
  if (change.instanceVersion !== known.instanceVersion) return change.instanceVersion < known.instanceVersion
  return timestampMs(change.at) < timestampMs(known.at)
}
