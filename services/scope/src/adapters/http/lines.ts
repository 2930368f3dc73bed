const NEWLINE = 0x0a

/** A line of a body; null where it is longer than may be. */
export interface Line {
  /** From 1. */
  readonly number: number
  readonly bytes: Buffer | null
}

/** Lines of a stream as they come in; never more than one of them in memory, and of a too long one nothing. */
export async function* linesOf(stream: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<Line> {
  let number = 1
  let parts: Buffer[] = []
  let length = 0
  const line = (): Line => {
    const bytes = length > maxLineBytes ? null : Buffer.concat(parts)
    parts = []
    length = 0
    return { number: number++, bytes }
  }
  const add = (part: Buffer) => {
    length += part.length
    if (length > maxLineBytes) parts = []
    else parts.push(part)
  }
  for await (const chunk of stream) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      yield line()
      start = end + 1
    }
    add(chunk.subarray(start))
  }
  if (length > 0) yield line()
}
