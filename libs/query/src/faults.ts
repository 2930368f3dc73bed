/** Stable codes of what can be wrong with a query. */
export type QueryFaultCode =
  | 'QUERY_EMPTY'
  | 'QUERY_TOO_LARGE'
  | 'QUERY_TOO_DEEP'
  | 'TOO_MANY_LEAVES'
  | 'LIST_TOO_LONG'
  | 'SYNTAX'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_VALUE'
  | 'WRONG_TYPE'
  | 'BAD_LITERAL'
  | 'NOT_ALLOWED'
  | 'CONSTANT'

/** One thing wrong with a query, in words for the person who wrote it. */
export interface QueryFault {
  readonly code: QueryFaultCode
  /** What is wrong and what would be right. */
  readonly message: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number
}

/** A fault at an offset into the text. Thrown inside the compiler, never out of it. */
export class FaultAt extends Error {
  override readonly name = 'FaultAt'

  constructor(
    readonly code: QueryFaultCode,
    message: string,
    readonly offset: number,
  ) {
    super(message)
  }
}

/** A message can quote what was written, and that can be long. */
const LONGEST_MESSAGE = 600
const LINE_BREAK = /\r\n|\n|\r/g

/** Turns an offset into a line and a column. */
export function locate(text: string, fault: FaultAt): QueryFault {
  let line = 1
  let start = 0
  for (const { index, 0: sign } of text.matchAll(LINE_BREAK)) {
    if (index + sign.length > fault.offset) break
    line++
    start = index + sign.length
  }
  const { code, message } = fault
  const shown = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message
  return { code, message: shown, line, column: fault.offset - start + 1 }
}
