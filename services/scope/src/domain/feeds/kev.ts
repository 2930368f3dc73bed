import { cveOf, type FeedEntry } from './feed.js'

/** @returns what is wrong, where something is */
export function kevEntry(cveID: unknown): FeedEntry | string {
  const id = cveOf(cveID)
  return id === null ? 'its cveID is no CVE' : { id, score: 1, changedAt: null }
}
