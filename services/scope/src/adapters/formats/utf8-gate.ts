import { isUtf8 } from 'node:buffer'
import { ReportFault } from './report-fault.js'

const SIGNATURES: ReadonlyArray<readonly [readonly number[], string]> = [
  [[0xff, 0xfe], 'UTF-16'],
  [[0xfe, 0xff], 'UTF-16'],
  [[0x1f, 0x8b], 'gzip without the header Content-Encoding: gzip'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
]

/**
 * Lets UTF-8 through and nothing else, without a byte order mark and never cutting a character in two.
 * Throws {@link ReportFault} `WRONG_ENCODING`.
 */
export class Utf8Gate {
  #held: Buffer = Buffer.alloc(0)
  #begun = false
  #passed = 0

  /** The next bytes that may go on; possibly none. */
  pass(chunk: Uint8Array): Buffer {
    const bytes = this.#held.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#held, chunk])
    if (!this.#begun && bytes.length < 4) {
      this.#held = Buffer.from(bytes)
      return Buffer.alloc(0)
    }
    return this.#check(bytes, unfinished(bytes))
  }

  /** No more bytes come: what was held back, if it is complete. */
  end(): Buffer {
    return this.#check(this.#held, 0)
  }

  #check(bytes: Buffer, keep: number): Buffer {
    let whole = bytes.subarray(0, bytes.length - keep)
    if (!this.#begun && bytes.length > 0) {
      this.#begun = true
      begin(bytes)
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) whole = whole.subarray(3)
    }
    if (!isUtf8(whole))
      throw new ReportFault(
        'WRONG_ENCODING',
        `The report is not valid UTF-8, between bytes ${this.#passed} and ${this.#passed + bytes.length}.`,
      )
    // Copied, because the caller may fill its chunk anew.
    this.#held = keep === 0 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(bytes.length - keep))
    this.#passed += bytes.length - keep
    return whole
  }
}

function begin(bytes: Buffer): void {
  const found = SIGNATURES.find(([signature]) => signature.every((byte, at) => bytes[at] === byte))
  // JSON begins with ASCII characters: a zero among the first bytes is UTF-16 or UTF-32 without a mark.
  const wide = bytes.subarray(0, 4).includes(0)
  if (found || wide)
    throw new ReportFault('WRONG_ENCODING', `The report is ${found?.[1] ?? 'UTF-16 or UTF-32'}; send it as UTF-8.`)
}

/** How many bytes at the end begin a character whose rest has not come yet. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
