import type { Report, Scan } from '../../api/schemas.js'

interface Look {
  word: string
  color: string
}

/** How far the taking in of a report is. */
export const REPORT_STATUSES: Readonly<Record<Report['status'], Look>> = {
  processing: { word: 'Processing', color: 'blue' },
  done: { word: 'Done', color: 'teal' },
  failed: { word: 'Failed', color: 'red' },
}

export const FORMATS: Readonly<Record<NonNullable<Report['format']>, string>> = {
  cyclonedx: 'CycloneDX',
  sarif: 'SARIF',
  ocsf: 'OCSF',
  grype: 'Grype',
  trivy: 'Trivy',
  'osv-scanner': 'OSV-Scanner',
}

/** What became of a scan, and what that means for what it did not report. */
export const SCAN_OUTCOMES: Readonly<Record<Scan['outcome'], Look & { meaning: string }>> = {
  open: { word: 'Running', color: 'blue', meaning: 'Not completed yet.' },
  whole: { word: 'Whole', color: 'teal', meaning: 'All arrived; what was not reported any more was closed.' },
  incomplete: {
    word: 'Incomplete',
    color: 'red',
    meaning: 'Something is missing or was rejected; nothing was closed.',
  },
  superseded: { word: 'Superseded', color: 'gray', meaning: 'A later scan was whole before this one.' },
}

/** A report's findings by what became of them, in the order in which they add up. */
export const COUNTS = [
  ['created', 'New', 'Not known before.'],
  ['updated', 'Changed', 'Known, and something about them has changed. Reopened ones are among them.'],
  ['unchanged', 'Unchanged', 'Known as they are.'],
  ['merged', 'Merged', 'The same instance again, within the report.'],
  ['ignored', 'Ignored', 'Checks that passed, and what the scanner itself left out.'],
  ['rejected', 'Rejected', 'Could not be read; see the errors.'],
] as const
