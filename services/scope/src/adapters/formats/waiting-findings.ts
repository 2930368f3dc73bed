import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scope } from './json/outline.js'

export interface WaitingFinding {
  readonly scope: Scope
  readonly of: string
  readonly pointer: string
  /** The finding's JSON, or why there is none. */
  readonly body: Buffer | string
}

interface Block {
  readonly at: number
  readonly length: number
}

const HEAD_BYTES = 16
/** What an entry costs in memory beside its body. */
const ENTRY_BYTES = 200

/**
 * Findings that stand before what they refer to (SARIF's results before the rules, Grype's matches before the asset), in
 * order. Beyond `memoryBytes` they go to a temporary file, which is unlinked as soon as it is open: nothing of a report
 * stays on disk, however the process ends.
 */
export class WaitingFindings {
  readonly #memoryBytes: number
  readonly #folder: string
  #entries: WaitingFinding[] = []
  #bytes = 0
  #count = 0
  #file: FileHandle | undefined
  #fileEnd = 0
  #blocks: Block[] = []
  /** The front block, read back, and how far it has been given out. */
  #front: Buffer | undefined
  #frontAt = 0
  readonly #scopes = new Map<number, { scope: Scope; count: number }>()
  readonly #numbers = new Map<Scope, number>()
  readonly #kinds: string[] = []
  #nextScope = 0

  constructor(memoryBytes: number, folder: string) {
    this.#memoryBytes = memoryBytes
    this.#folder = folder
  }

  /** How many wait. */
  get count(): number {
    return this.#count
  }

  /** Keeps one; a body in bytes is copied. */
  add(finding: WaitingFinding): void {
    const body = typeof finding.body === 'string' ? finding.body : Buffer.from(finding.body)
    this.#entries.push({ ...finding, body })
    this.#bytes += body.length + finding.pointer.length + ENTRY_BYTES
    this.#count++
  }

  /** Moves what is beyond the bound of memory to the file. To be awaited between chunks. */
  async settle(): Promise<void> {
    if (this.#bytes <= this.#memoryBytes) return
    this.#file ??= await this.#open()
    const block = Buffer.concat(this.#entries.flatMap((entry) => this.#record(entry)))
    await this.#file.write(block, 0, block.length, this.#fileEnd)
    this.#blocks.push({ at: this.#fileEnd, length: block.length })
    this.#fileEnd += block.length
    this.#entries = []
    this.#bytes = 0
  }

  /** Takes those at the front that `ready` lets through, in order, until the first that it does not. */
  async *take(ready: (scope: Scope) => boolean): AsyncGenerator<WaitingFinding> {
    for (;;) {
      if (this.#front === undefined) {
        const block = this.#blocks.shift()
        if (block === undefined) break
        const bytes = Buffer.allocUnsafe(block.length)
        const { bytesRead } = (await this.#file?.read(bytes, 0, block.length, block.at)) ?? { bytesRead: 0 }
        if (bytesRead !== block.length)
          throw new Error('The temporary file of a report is shorter than what was written to it')
        this.#front = bytes
        this.#frontAt = 0
      }
      while (this.#frontAt < this.#front.length) {
        const entry = this.#peek(this.#front, this.#frontAt)
        if (!ready(entry.finding.scope)) return
        this.#frontAt += entry.length
        this.#release(entry.number)
        this.#count--
        yield entry.finding
      }
      this.#front = undefined
    }
    this.#fileEnd = 0
    let taken = 0
    try {
      for (const entry of this.#entries) {
        if (!ready(entry.scope)) return
        taken++
        this.#count--
        this.#bytes -= entry.body.length + entry.pointer.length + ENTRY_BYTES
        yield entry
      }
    } finally {
      this.#entries = taken === this.#entries.length ? [] : this.#entries.slice(taken)
    }
  }

  /** Gives the file back. */
  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  async #open(): Promise<FileHandle> {
    const path = join(this.#folder, `reprieve-report-${randomUUID()}`)
    const file = await open(path, 'wx+', 0o600)
    await unlink(path)
    return file
  }

  /** Scope, kind, length of the pointer (with a mark for a body that is a reason), length of the body; pointer; body. */
  #record({ scope, of, pointer, body }: WaitingFinding): Buffer[] {
    let number = this.#numbers.get(scope)
    if (number === undefined) {
      number = this.#nextScope++
      this.#numbers.set(scope, number)
      this.#scopes.set(number, { scope, count: 0 })
    }
    const known = this.#scopes.get(number)
    if (known) known.count++
    let kind = this.#kinds.indexOf(of)
    if (kind < 0) kind = this.#kinds.push(of) - 1
    const place = Buffer.from(pointer)
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const head = Buffer.allocUnsafe(HEAD_BYTES)
    head.writeUInt32LE(number, 0)
    head.writeUInt16LE(kind, 4)
    head.writeUInt16LE(typeof body === 'string' ? 1 : 0, 6)
    head.writeUInt32LE(place.length, 8)
    head.writeUInt32LE(bytes.length, 12)
    return [head, place, bytes]
  }

  #peek(block: Buffer, at: number): { finding: WaitingFinding; number: number; length: number } {
    const number = block.readUInt32LE(at)
    const placeLength = block.readUInt32LE(at + 8)
    const bodyLength = block.readUInt32LE(at + 12)
    const place = at + HEAD_BYTES
    const bytes = block.subarray(place + placeLength, place + placeLength + bodyLength)
    const scope = this.#scopes.get(number)?.scope
    if (scope === undefined) throw new Error('A finding in the temporary file of a report has lost its scope')
    return {
      finding: {
        scope,
        of: this.#kinds[block.readUInt16LE(at + 4)] ?? '',
        pointer: block.toString('utf8', place, place + placeLength),
        body: block.readUInt16LE(at + 6) === 1 ? bytes.toString('utf8') : bytes,
      },
      number,
      length: HEAD_BYTES + placeLength + bodyLength,
    }
  }

  #release(number: number): void {
    const known = this.#scopes.get(number)
    if (!known || --known.count > 0) return
    this.#scopes.delete(number)
    this.#numbers.delete(known.scope)
  }
}
