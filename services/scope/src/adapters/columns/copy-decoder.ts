// The binary form of COPY: a head, then rows, each the number of its fields and for each field a length and its bytes.
const HEAD_BYTES = 19
const END = -1
const NULL = -1
// Of PostgreSQL's times, which count from the year 2000.
const EPOCH_MS = Date.UTC(2000, 0, 1)

/** One row: where its fields are. The same object for all rows. */
export class CopiedRow {
  bytes: Buffer = Buffer.alloc(0)
  /** Of each field its first byte, and the one behind its last; the first is -1 for NULL. */
  readonly starts: Int32Array
  readonly ends: Int32Array

  constructor(readonly fields: number) {
    this.starts = new Int32Array(fields)
    this.ends = new Int32Array(fields)
  }

  isNull(field: number): boolean {
    return this.starts[field] === NULL
  }

  start(field: number): number {
    return this.starts[field] as number
  }

  end(field: number): number {
    return this.ends[field] as number
  }

  int2(field: number): number {
    return this.bytes.readInt16BE(this.start(field))
  }

  int4(field: number): number {
    return this.bytes.readInt32BE(this.start(field))
  }

  /** Ours stay far below 2^53. */
  int8(field: number): number {
    return int8At(this.bytes, this.start(field))
  }

  float8(field: number): number | null {
    return this.isNull(field) ? null : this.bytes.readDoubleBE(this.start(field))
  }

  bool(field: number): boolean | null {
    return this.isNull(field) ? null : this.bytes[this.start(field)] === 1
  }

  text(field: number): string | null {
    return this.isNull(field) ? null : this.bytes.toString('utf8', this.start(field), this.end(field))
  }

  /** In milliseconds since 1970; what is below a millisecond is cut off, as it is from dates elsewhere. */
  time(field: number): number {
    return EPOCH_MS + Math.floor(this.int8(field) / 1_000)
  }

  /** Calls for each element of an array with its first byte and the one behind its last. @returns how many there are */
  forEachOf(field: number, visit: (start: number, end: number, index: number) => void): number {
    const { bytes } = this
    let at = this.start(field)
    // Dimensions, whether any is NULL, type; then the length and the lower bound of the only dimension.
    if (bytes.readInt32BE(at) === 0) return 0
    const count = bytes.readInt32BE(at + 12)
    at += 20
    for (let index = 0; index < count; index++) {
      const length = bytes.readInt32BE(at)
      at += 4
      visit(at, at + length, index)
      at += length
    }
    return count
  }

  texts(field: number): string[] | null {
    if (this.isNull(field)) return null
    const texts: string[] = []
    this.forEachOf(field, (start, end) => {
      texts.push(this.bytes.toString('utf8', start, end))
    })
    return texts
  }
}

export const int8At = (bytes: Buffer, at: number): number =>
  bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4)

/** Takes the bytes of a COPY as they come, in pieces of any size, and tells of each row once it is there whole. */
export class CopyDecoder {
  readonly #row: CopiedRow
  #left: Buffer = Buffer.alloc(0)
  #begun = false
  #ended = false

  constructor(
    fields: number,
    private readonly onRow: (row: CopiedRow) => void,
  ) {
    this.#row = new CopiedRow(fields)
  }

  push(chunk: Buffer): void {
    const bytes = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk])
    let at = 0
    if (!this.#begun) {
      if (bytes.length < HEAD_BYTES) {
        this.#left = bytes
        return
      }
      at = HEAD_BYTES
      this.#begun = true
    }
    while (!this.#ended) {
      const next = this.#decode(bytes, at)
      if (next < 0) break
      at = next
    }
    this.#left = bytes.subarray(at)
  }

  /** @throws Error if the bytes end within a row */
  end(): void {
    if (!this.#ended) throw new Error('a COPY has ended too early')
  }

  /** @returns where the next row begins; -1 if this one is not there whole */
  #decode(bytes: Buffer, from: number): number {
    if (from + 2 > bytes.length) return -1
    const fields = bytes.readInt16BE(from)
    let at = from + 2
    if (fields === END) {
      this.#ended = true
      return at
    }
    const row = this.#row
    if (fields !== row.fields) throw new Error(`a row has ${fields} fields, where ${row.fields} were asked for`)
    for (let field = 0; field < fields; field++) {
      if (at + 4 > bytes.length) return -1
      const length = bytes.readInt32BE(at)
      at += 4
      if (length === NULL) {
        row.starts[field] = NULL
        continue
      }
      row.starts[field] = at
      at += length
      if (at > bytes.length) return -1
      row.ends[field] = at
    }
    row.bytes = bytes
    this.onRow(row)
    return at
  }
}
