import type { ReportFaultCode } from '../formats/report-fault.js'
import type { ReportFormatName, ReportOptions } from '../formats/report-format.port.js'

/** What the thread is asked to do with a report whose bytes follow. */
export type ParsingTask =
  | { readonly mode: 'inspect'; readonly options: Pick<ReportOptions, 'asset'> }
  /** `from`: findings before this sequence were published already and are only counted. */
  | { readonly mode: 'read'; readonly options: ReportOptions; readonly from: number }

export type ToThread =
  | { readonly task: number; readonly kind: 'start'; readonly work: ParsingTask }
  | { readonly task: number; readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly task: number; readonly kind: 'end' }
  /** The batch was taken; the next may come. */
  | { readonly task: number; readonly kind: 'taken' }
  | { readonly task: number; readonly kind: 'stop' }

/** What a part of a report came to. */
export interface ParsedBatch {
  readonly format: ReportFormatName | null
  /** Encoded events one after the other: event i, under key i, ends at `ends[i]`. */
  readonly keys: readonly string[]
  readonly ends: readonly number[]
  readonly bytes: Uint8Array
  /** The sequence after the last finding up to here. */
  readonly through: number
  /** Counted from the beginning of the report. */
  readonly sent: number
  readonly ignored: number
  readonly rejected: number
  readonly completions: number
  /** Findings that cannot be taken, of this batch. */
  readonly faults: ReadonlyArray<{ readonly pointer: string; readonly detail: string }>
}

export type FromThread =
  | { readonly task: number; readonly kind: 'more' }
  | { readonly task: number; readonly kind: 'batch'; readonly batch: ParsedBatch }
  | { readonly task: number; readonly kind: 'done'; readonly format: ReportFormatName | null }
  /** The report cannot be read. */
  | {
      readonly task: number
      readonly kind: 'fault'
      readonly code: ReportFaultCode
      readonly detail: string
      readonly pointer: string | undefined
    }
  /** The thread's own fault. */
  | { readonly task: number; readonly kind: 'error'; readonly message: string }
