import { type EpssColumns, epssColumns, epssDate, epssEntry } from '../../domain/feeds/epss.js'
import { type FeedEntry, FeedFault } from '../../domain/feeds/feed.js'
import type { DocumentAbout, DocumentReading } from './document-reading.js'

const MOST_LINE_CHARACTERS = 10_000

/** The CSV of EPSS: a comment with its date, a header, a line for each CVE. */
export class EpssReading implements DocumentReading {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #rest = ''
  #line = 0
  #dated: Date | null = null
  #columns: EpssColumns | null = null
  #entries: FeedEntry[] = []
  #count = 0

  constructor(private readonly name: string) {}

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#text(chunk, true)).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > MOST_LINE_CHARACTERS) this.#fail(this.#line + 1, 'the line has no end')
    for (const line of lines) this.#take(line)
  }

  take(): FeedEntry[] {
    const entries = this.#entries
    this.#entries = []
    return entries
  }

  end(): DocumentAbout {
    const last = this.#rest + this.#text(Buffer.alloc(0), false)
    if (last !== '') this.#take(last)
    if (this.#columns === null) this.#fail(1, 'there is no header with the columns cve and epss')
    if (this.#dated === null) this.#fail(1, 'there is no comment with the score_date')
    if (this.#count === 0) throw new FeedFault('FEED_EMPTY', `${this.name} has no entries.`)
    return { dated: this.#dated, entries: this.#count, next: null }
  }

  #take(raw: string): void {
    this.#line += 1
    const line = raw.trim()
    if (line === '') return
    if (line.startsWith('#')) {
      this.#dated ??= epssDate(line)
      return
    }
    if (this.#columns === null) {
      this.#columns = epssColumns(line)
      if (this.#columns === null) this.#fail(this.#line, 'there is no header with the columns cve and epss')
      return
    }
    const entry = epssEntry(line, this.#columns)
    if (typeof entry === 'string') this.#fail(this.#line, entry)
    this.#entries.push(entry)
    this.#count += 1
  }

  #text(chunk: Buffer, stream: boolean): string {
    try {
      return this.#decoder.decode(chunk, { stream })
    } catch {
      throw new FeedFault('FEED_MALFORMED', `${this.name}, soon after line ${this.#line}: this is not UTF-8.`)
    }
  }

  #fail(line: number, what: string): never {
    throw new FeedFault('FEED_MALFORMED', `${this.name}, line ${line}: ${what}.`)
  }
}
