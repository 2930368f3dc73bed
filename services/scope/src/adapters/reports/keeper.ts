import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import type { ReportBlob } from '../../application/reports/report-blob.port.js'

const PART_BYTES = 1024 * 1024

/** Lets a report through and keeps every byte of it on the way: once it has ended, all of it is kept. */
export class Keeper extends Transform {
  readonly #digest = createHash('sha256')
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #part = 0
  #bytes = 0

  constructor(
    private readonly blob: ReportBlob,
    private readonly reportId: string,
  ) {
    super()
  }

  get bytes(): number {
    return this.#bytes
  }

  /** SHA-256 over everything. To be asked for once, at the end. */
  digest(): Buffer {
    return this.#digest.digest()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#digest.update(chunk)
    this.#bytes += chunk.length
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes < PART_BYTES) done(null, chunk)
    else this.#keep().then(() => done(null, chunk), done)
  }

  override _flush(done: TransformCallback): void {
    this.#keep().then(() => done(), done)
  }

  async #keep(): Promise<void> {
    if (this.#waitingBytes === 0) return
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    await this.blob.append(this.reportId, this.#part++, bytes)
  }
}
