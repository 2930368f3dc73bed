import type { FeedName } from '../../domain/feeds/feed.js'
import type { DocumentReading } from './document-reading.js'
import { EpssReading } from './epss-reading.js'
import { KevReading, NvdReading } from './json-reading.js'

/** @param name of the document, for what is told of its faults */
export function readingOf(feed: FeedName, name: string): DocumentReading {
  switch (feed) {
    case 'epss':
      return new EpssReading(name)
    case 'kev':
      return new KevReading(name)
    case 'nvd':
      return new NvdReading(name)
  }
}
