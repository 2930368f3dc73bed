import { type CvssVersion, cvssVersionOf, cvssVersions, severities } from '../identity/index.js'
import type { FindingFacts } from '../ingest/record.js'

/** One scanner's word on one instance. Times are milliseconds since the epoch. */
export interface Attribution {
  readonly scanner: number
  readonly open: boolean
  readonly hash: number
  readonly facts: FindingFacts
  readonly firstSeen: number
  readonly lastSeen: number
  readonly scanId: string
  readonly closedAt: number | null
}

/** An instance as lists and queries see it. */
export interface InstanceView {
  readonly open: boolean
  /** 0 unknown … 5 critical. */
  readonly severity: number
  readonly scannerSeverity: string | null
  readonly title: string | null
  readonly cvss: number | null
  readonly epss: number | null
  readonly kev: boolean | null
  readonly fixAvailable: boolean | null
  readonly componentName: string | null
  readonly componentVersion: string | null
  readonly componentPurl: string | null
  readonly location: string | null
  readonly port: number | null
  /** Keys of those that report it now. */
  readonly scanners: readonly number[]
  readonly firstSeen: number
  readonly lastSeen: number
  readonly closedAt: number | null
}

/** 0 for `unknown`, 5 for `critical`: the higher, the worse. */
export const severityRank = (facts: Pick<FindingFacts, 'severity'>): number =>
  severities.length - 1 - severities.indexOf(facts.severity)

export const severityOfRank = (rank: number) => severities[severities.length - 1 - rank] ?? 'unknown'

/**
 * What an instance is by what its scanners say: those that report it now, or once none does all that ever did. The order in which
 * they are given does not matter.
 */
export function deriveInstance(attributions: readonly [Attribution, ...Attribution[]]): InstanceView {
  const open = attributions.filter((attribution) => attribution.open)
  const counted = open.length > 0 ? open : attributions
  // The worst word leads; among equals the newest, then any fixed one.
  const leading = counted.toSorted(
    (a, b) => severityRank(b.facts) - severityRank(a.facts) || b.lastSeen - a.lastSeen || a.scanner - b.scanner,
  )
  const first = <Value>(value: (facts: FindingFacts) => Value | null): Value | null =>
    leading.map(({ facts }) => value(facts)).find((found) => found !== null) ?? null
  const highest = (values: readonly (number | null)[]): number | null =>
    values.reduce((most, value) => (value === null || (most !== null && most >= value) ? most : value), null)
  // One that says yes is believed: no scanner's silence or ignorance may make an instance look better than it is.
  const any = (value: (facts: FindingFacts) => boolean | null): boolean | null => {
    const known = counted.map(({ facts }) => value(facts)).filter((said) => said !== null)
    return known.length === 0 ? null : known.includes(true)
  }
  return {
    open: open.length > 0,
    severity: Math.max(...counted.map(({ facts }) => severityRank(facts))),
    scannerSeverity: first((facts) => facts.scannerSeverity),
    title: first((facts) => facts.title),
    cvss: newestCvss(counted.map(({ facts }) => facts)),
    epss: highest(counted.map(({ facts }) => facts.epss)),
    kev: any((facts) => facts.kev),
    fixAvailable: any((facts) => facts.fixAvailable),
    componentName: first((facts) => facts.componentName),
    componentVersion: first((facts) => facts.componentVersion),
    componentPurl: first((facts) => facts.componentPurl),
    location: first((facts) => facts.location),
    port: first((facts) => facts.port),
    scanners: open.map(({ scanner }) => scanner).sort((a, b) => a - b),
    firstSeen: Math.min(...attributions.map(({ firstSeen }) => firstSeen)),
    lastSeen: Math.max(...attributions.map(({ lastSeen }) => lastSeen)),
    closedAt: open.length > 0 ? null : Math.max(...attributions.map(({ closedAt, lastSeen }) => closedAt ?? lastSeen)),
  }
}

/** Of scores in the newest CVSS version that any has, the highest. A score without a vector is of no known version. */
function newestCvss(facts: readonly FindingFacts[]): number | null {
  let best: { version: number; score: number } | null = null
  for (const { cvss, cvssVector } of facts) {
    if (cvss === null) continue
    const version = cvssVector === null ? -1 : cvssVersions.indexOf(cvssVersionOf(cvssVector) as CvssVersion)
    if (best === null || version > best.version || (version === best.version && cvss > best.score)) {
      best = { version, score: cvss }
    }
  }
  return best?.score ?? null
}

/** Whether anything that a query can ask for differs. */
export function looksDifferent(before: InstanceView, after: InstanceView): boolean {
  const { lastSeen: _seen, closedAt: _closed, open: _open, ...asked } = before
  return (Object.keys(asked) as (keyof typeof asked)[]).some(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  )
}

/** What is left of the attributions of two instances that turned out to be one: of each scanner the word that stands. */
export function mergeAttributions(a: readonly Attribution[], b: readonly Attribution[]): Attribution[] {
  const merged = new Map(a.map((attribution) => [attribution.scanner, attribution]))
  for (const attribution of b) {
    const twin = merged.get(attribution.scanner)
    merged.set(attribution.scanner, twin === undefined ? attribution : standing(twin, attribution))
  }
  return [...merged.values()]
}

/** Open before closed, then the later one; seen since the earlier. */
function standing(a: Attribution, b: Attribution): Attribution {
  const first = a.open === b.open ? (a.lastSeen >= b.lastSeen ? a : b) : a.open ? a : b
  return {
    ...first,
    firstSeen: Math.min(a.firstSeen, b.firstSeen),
    lastSeen: Math.max(a.lastSeen, b.lastSeen),
    closedAt: first.open ? null : Math.max(a.closedAt ?? 0, b.closedAt ?? 0),
  }
}
