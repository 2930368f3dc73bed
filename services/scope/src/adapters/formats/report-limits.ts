import { tmpdir } from 'node:os'
import type { ReportLimits } from './report-format.port.js'

const MiB = 1024 * 1024

/** The bounds of an ordinary installation: a report of 256 MiB is read in well under 512 MB of memory. */
export const reportLimits: ReportLimits = {
  maxBytes: 256 * MiB,
  maxDepth: 64,
  maxFindingBytes: 4 * MiB,
  maxFindings: 2_000_000,
  maxContextBytes: 128 * MiB,
  maxWaitingBytes: 16 * MiB,
  temporaryFolder: tmpdir(),
}
