import type { Delivery } from '../carrier.port.js'

/** Records that were written in one call, one after the other. */
interface Piece {
  readonly of: object
  readonly first: bigint
  readonly records: readonly Delivery[]
  readonly bytes: number
}

// Of all partitions together. Readers are normally a batch or two behind.
const MOST_BYTES = 32 * 1024 * 1024

/**
 * What was written last, as it was written: whoever keeps up reads it without asking PostgreSQL, which gives bytes back as hex at ten times
 * the price. Holds committed records only, and of each partition a row without gaps.
 */
export class LogTail {
  readonly #pieces: Piece[] = []
  readonly #byPartition = new Map<object, Piece[]>()
  #bytes = 0

  /** @param of whatever stands for the partition */
  append(of: object, records: readonly Delivery[]): void {
    const [first] = records
    if (first === undefined) return
    const here = this.#byPartition.get(of) ?? []
    const last = here.at(-1)
    // Something was written in between that this process did not see succeed.
    if (last !== undefined && endOf(last) !== first.offset) this.#forget(here, here.length)
    const piece = { of, first: first.offset, records, bytes: records.reduce((sum, { value }) => sum + value.length, 0) }
    here.push(piece)
    this.#byPartition.set(of, here)
    this.#pieces.push(piece)
    this.#bytes += piece.bytes
    this.#makeRoom()
  }

  /** Records from an offset on; null where it does not hold them. */
  read(of: object, from: bigint, most: number, mostBytes: number): Delivery[] | null {
    const here = this.#byPartition.get(of)
    const start = here?.findIndex((piece) => from >= piece.first && from < endOf(piece)) ?? -1
    if (here === undefined || start < 0) return null
    const found: Delivery[] = []
    let bytes = 0
    for (const piece of here.slice(start)) {
      for (const record of piece.records.slice(found.length === 0 ? Number(from - piece.first) : 0)) {
        if (found.length === most || bytes >= mostBytes) return found
        found.push({ ...record, headers: { ...record.headers } })
        bytes += record.value.length
      }
    }
    return found
  }

  clear(): void {
    this.#pieces.length = 0
    this.#byPartition.clear()
    this.#bytes = 0
  }

  #makeRoom(): void {
    let gone = 0
    while (this.#bytes > MOST_BYTES && gone < this.#pieces.length) {
      const piece = this.#pieces[gone++] as Piece
      const here = this.#byPartition.get(piece.of)
      // The oldest piece of its partition, unless that was forgotten before.
      if (here?.[0] === piece) this.#forget(here, 1)
    }
    this.#pieces.splice(0, gone)
  }

  #forget(here: Piece[], count: number): void {
    for (const { bytes } of here.splice(0, count)) this.#bytes -= bytes
  }
}

const endOf = ({ first, records }: Piece): bigint => first + BigInt(records.length)
