import type { Scan } from '../../api/schemas.js'
import { SCAN_OUTCOMES } from './report-words.js'

export const REPORT_TABS = ['imports', 'scans', 'feeds', 'dead-letters'] as const
export type ReportTab = (typeof REPORT_TABS)[number]

/** What is looked at in Reports and Scanners, as the address holds it. */
export interface ReportsSearch {
  /** Absent: imports, or the first that the reader may see. */
  tab?: ReportTab
  sort?: string
  /** Whose scans. */
  scanner?: string
  outcome?: Scan['outcome']
}

/** Takes what it knows out of an address that anybody may have written; the rest is dropped. */
export function readReportsSearch(search: Record<string, unknown>): ReportsSearch {
  const read: ReportsSearch = {}
  const { tab, sort, scanner, outcome } = search
  if (REPORT_TABS.includes(tab as ReportTab)) read.tab = tab as ReportTab
  if (typeof sort === 'string' && sort !== '') read.sort = sort
  if (['string', 'number', 'boolean'].includes(typeof scanner) && scanner !== '') read.scanner = String(scanner)
  if (String(outcome) in SCAN_OUTCOMES) read.outcome = outcome as Scan['outcome']
  return read
}
