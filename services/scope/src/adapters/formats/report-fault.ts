/** Why a report as a whole cannot be read. Stable: clients and the interface switch on them. */
export type ReportFaultCode =
  | 'EMPTY'
  | 'NOT_JSON'
  | 'TRUNCATED'
  | 'DUPLICATE_KEY'
  | 'TOO_DEEP'
  | 'TOO_LARGE'
  | 'WRONG_ENCODING'
  | 'UNKNOWN_FORMAT'
  | 'UNSUPPORTED_VERSION'
  | 'ASSET_UNKNOWN'

/**
 * A report that cannot be read at all, told to the person who sent it.
 * `detail` never quotes more than a few characters of the report; `pointer` is an RFC 6901 JSON Pointer into it.
 */
export class ReportFault extends Error {
  override readonly name = 'ReportFault'
  readonly code: ReportFaultCode
  readonly detail: string
  readonly pointer: string | undefined

  constructor(code: ReportFaultCode, detail: string, pointer?: string) {
    super(`${code}: ${detail}${pointer === undefined ? '' : ` (at ${pointer || 'the top'})`}`)
    this.code = code
    this.detail = detail
    this.pointer = pointer
  }
}
