import { cveOf, type FeedEntry, instantOf } from './feed.js'

/** What stands at the top of the public file: `#model_version:v2025.03.14,score_date:2026-02-28T12:55:00Z`. */
export function epssDate(comment: string): Date | null {
  return instantOf(/(?:^#|,)\s*score_date:([^,]+)/.exec(comment)?.[1])
}

export interface EpssColumns {
  readonly id: number
  readonly score: number
  /** How many there are: a line that has fewer was cut off. */
  readonly count: number
}

/** Where the header says that ids and probabilities stand; null where it does not. */
export function epssColumns(header: string): EpssColumns | null {
  const names = cellsOf(header).map((name) => name.toLowerCase())
  const id = names.indexOf('cve')
  const score = names.indexOf('epss')
  return id < 0 || score < 0 ? null : { id, score, count: names.length }
}

/** @returns what is wrong, where something is */
export function epssEntry(line: string, columns: EpssColumns): FeedEntry | string {
  const cells = cellsOf(line)
  const id = cveOf(cells[columns.id])
  if (id === null) return `${quoted(cells[columns.id])} is no CVE`
  if (cells.length !== columns.count) return `${cells.length} columns stand here, and ${columns.count} in the header`
  const text = cells[columns.score] ?? ''
  // Number('') is 0: an empty cell is no probability.
  const score = /^\d*\.?\d+(?:e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (!(score >= 0 && score <= 1)) return `the probability of ${id} is ${quoted(text)}, not a number from 0 to 1`
  return { id, score, changedAt: null }
}

const cellsOf = (line: string): string[] => line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))

const quoted = (text: string | undefined): string =>
  text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 40))
