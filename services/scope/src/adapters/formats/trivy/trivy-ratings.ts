import { type CvssRating, chooseCvss } from '../../../domain/identity/index.js'
import { type Fields, fields, isFields, number, ownMember, text } from '../json/fields.js'
import type { ReadFinding } from '../report-format.port.js'

/** Trivy's numbers for severities, in `VendorSeverity` (trivy-db, pkg/types/types.go). */
const VENDOR_WORDS = ['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const

/** The vendors' fields of `CVSS`, newest version first. */
const SCORES = [
  ['4.0', 'V40Score', 'V40Vector'],
  ['3.1', 'V3Score', 'V3Vector'],
  ['2.0', 'V2Score', 'V2Vector'],
] as const

/** `Status` that says there is no fix; others leave it open (trivy, pkg/vulnerability status). */
const UNFIXED = new Set(['affected', 'will_not_fix', 'fix_deferred', 'end_of_life'])

/** Severity and score. Trivy goes by the source it names in `SeveritySource`. */
export function ratingsOf(vulnerability: Fields): Pick<ReadFinding, 'severity' | 'cvss' | 'cvssVector'> {
  const source = text(vulnerability['SeveritySource'])
  const ratings: CvssRating[] = []
  for (const [vendor, scores] of Object.entries(fields(vulnerability['CVSS']))) {
    const given = fields(scores)
    for (const [version, score, vector] of SCORES)
      if (given[score] !== undefined || given[vector] !== undefined)
        ratings.push({
          version,
          score: number(given[score]),
          vector: text(given[vector]),
          preferred: vendor === source,
        })
  }
  const cvss = chooseCvss(ratings)
  return {
    severity: text(vulnerability['Severity']) ?? vendorSeverity(vulnerability['VendorSeverity'], source),
    cvss: cvss?.score,
    cvssVector: cvss?.vector,
  }
}

/** Where Trivy gives no severity of its own: that of its source, else the worst of the vendors'. */
function vendorSeverity(vendors: unknown, source: string | undefined): string | undefined {
  if (!isFields(vendors)) return undefined
  const own = number(ownMember(vendors, source))
  const worst = Math.max(
    0,
    ...Object.values(vendors)
      .slice(0, 1000)
      .map((rank) => number(rank) ?? 0),
  )
  const rank = own ?? worst
  return rank > 0 ? VENDOR_WORDS[rank] : undefined
}

export function fixOf(vulnerability: Fields): Pick<ReadFinding, 'fixAvailable' | 'fixedVersions'> {
  const fixedVersions = (text(vulnerability['FixedVersion']) ?? '')
    .split(/[,;]\s*|\s+/)
    .filter((version) => version !== '')
  if (fixedVersions.length > 0) return { fixAvailable: true, fixedVersions }
  return UNFIXED.has(text(vulnerability['Status']) ?? '') ? { fixAvailable: false } : {}
}
