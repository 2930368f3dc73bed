import type { scanner as events } from '@reprieve/contracts'
import { readReport } from '../../src/adapters/formats/read-report.js'
import { ReportFault } from '../../src/adapters/formats/report-fault.js'
import type { ReportItem, ReportOptions } from '../../src/adapters/formats/report-format.port.js'

export const options: ReportOptions = {
  scanner: 'scanner',
  partial: false,
  reportId: 'report-1',
  scanId: 'scan-1',
  receivedAt: new Date('2026-01-02T03:04:05.678Z'),
}

type Of<K extends ReportItem['kind']> = Extract<ReportItem, { kind: K }>

/** All that reading a report gave, and the fault that ended it. */
export class Outcome {
  readonly items: readonly ReportItem[]
  readonly fault: ReportFault | undefined

  constructor(items: readonly ReportItem[], fault: ReportFault | undefined) {
    this.items = items
    this.fault = fault
  }

  get format(): string | undefined {
    return this.#of('format')[0]?.format
  }
  get observed(): events.Observed[] {
    return this.#of('observed').map((item) => item.event)
  }
  get ignored(): Of<'ignored'>[] {
    return this.#of('ignored')
  }
  get rejected(): Of<'rejected'>[] {
    return this.#of('rejected')
  }
  get completed(): events.ScanCompleted[] {
    return this.#of('completed').map((item) => item.event)
  }
  get counts() {
    const { observed, ignored, rejected, completed } = this
    return {
      observed: observed.length,
      ignored: ignored.length,
      rejected: rejected.length,
      completed: completed.length,
    }
  }

  #of<K extends ReportItem['kind']>(kind: K): Of<K>[] {
    return this.items.filter((item): item is Of<K> => item.kind === kind)
  }
}

/** Reads a report to its end. What is thrown other than a {@link ReportFault} is thrown on. */
export async function read(
  report: string | Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>,
  more: Partial<ReportOptions> = {},
): Promise<Outcome> {
  const items: ReportItem[] = []
  try {
    for await (const item of readReport(chunksOf(report), { ...options, ...more })) items.push(item)
  } catch (fault) {
    if (fault instanceof ReportFault) return new Outcome(items, fault)
    throw fault
  }
  return new Outcome(items, undefined)
}

/** The same of a value that is written as JSON. */
export function readJson(value: unknown, more: Partial<ReportOptions> = {}): Promise<Outcome> {
  return read(JSON.stringify(value), more)
}

/** Cuts bytes into pieces of the given sizes, over and over. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

async function* chunksOf(
  report: string | Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  if (typeof report === 'string') yield Buffer.from(report)
  else if (report instanceof Uint8Array) yield report
  else yield* report
}
