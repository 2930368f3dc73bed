import type { FeedEntry } from '../../domain/feeds/feed.js'

/** What a document says of itself. */
export interface DocumentAbout {
  /** The date that it gives itself. */
  readonly dated: Date
  readonly entries: number
  /** Where the rest of an answer in pages begins; null where this was all. */
  readonly next: number | null
}

/** Reads one document as it streams in. Every `push` and `end` throws a FeedFault at the first thing that is wrong. */
export interface DocumentReading {
  push(chunk: Buffer): void
  /** What was read since this was asked last. */
  take(): FeedEntry[]
  end(): DocumentAbout
}
