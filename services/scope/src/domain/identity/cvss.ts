import calculator from 'ae-cvss-calculator'

// A CommonJS bundle whose names Node cannot see beforehand.
const { Cvss2, Cvss3P0, Cvss3P1, Cvss4P0 } = calculator

/** Oldest first. */
export const cvssVersions = ['2.0', '3.0', '3.1', '4.0'] as const
export type CvssVersion = (typeof cvssVersions)[number]

/** The base metrics of each version in the order of its specification, with their values. */
const metrics2: ReadonlyArray<readonly [string, string]> = [
  ['AV', 'LAN'],
  ['AC', 'HML'],
  ['Au', 'MSN'],
  ['C', 'NPC'],
  ['I', 'NPC'],
  ['A', 'NPC'],
]
const metrics3: ReadonlyArray<readonly [string, string]> = [
  ['AV', 'NALP'],
  ['AC', 'LH'],
  ['PR', 'NLH'],
  ['UI', 'NR'],
  ['S', 'UC'],
  ['C', 'NLH'],
  ['I', 'NLH'],
  ['A', 'NLH'],
]
const metrics4: ReadonlyArray<readonly [string, string]> = [
  ['AV', 'NALP'],
  ['AC', 'LH'],
  ['AT', 'NP'],
  ['PR', 'NLH'],
  ['UI', 'NPA'],
  ['VC', 'HLN'],
  ['VI', 'HLN'],
  ['VA', 'HLN'],
  ['SC', 'HLN'],
  ['SI', 'HLN'],
  ['SA', 'HLN'],
]
const calculators: Record<CvssVersion, (vector: string) => number | undefined> = {
  '2.0': (vector) => new Cvss2(vector).calculateScores().base,
  '3.0': (vector) => new Cvss3P0(vector).calculateScores().base,
  '3.1': (vector) => new Cvss3P1(vector).calculateScores().base,
  '4.0': (vector) => new Cvss4P0(vector).calculateScores().overall,
}

/** The version a vector string is written in, by its prefix; one without a prefix is version 2 if it has `Au:`. */
export function cvssVersionOf(vector: string): CvssVersion | undefined {
  const prefix = /^CVSS:(\d\.\d)\//i.exec(vector.trim())?.[1]
  if (prefix !== undefined) return cvssVersions.find((version) => version === prefix)
  return /(?:^|\/|\()Au:[MSN](?:\/|\)|$)/.test(vector) ? '2.0' : undefined
}

/** The vector's base metrics alone, in the specification's order; `undefined` if one is missing or has no such value. */
function baseVector(version: CvssVersion, vector: string): string | undefined {
  const metrics = version === '2.0' ? metrics2 : version === '4.0' ? metrics4 : metrics3
  const given = new Map<string, string>()
  for (const part of vector
    .trim()
    .replace(/^\(|\)$/g, '')
    .split('/')) {
    const [name = '', value = ''] = part.split(':')
    given.set(name, value)
  }
  const base: string[] = version === '2.0' ? [] : [`CVSS:${version}`]
  for (const [name, values] of metrics) {
    const value = given.get(name)
    if (value === undefined || value.length !== 1 || !values.includes(value)) return undefined
    base.push(`${name}:${value}`)
  }
  return base.join('/')
}

/**
 * Scores already worked out. There are 108 305 base vectors in all (729 in version 2, 2 592 in each of 3.0 and 3.1,
 * 104 976 less some in 4.0, where one score takes 0.7 ms), so the cost of a hostile report is bounded too.
 */
const scores = new Map<string, number | undefined>()
const MAX_VECTOR_LENGTH = 400

/**
 * The base score 0–10 of a CVSS vector of version 2, 3.0, 3.1 or 4.0, by the base metrics alone (CVSS-B in version 4).
 * `version` is for vectors without their prefix. `undefined` if it is not a complete vector of a known version.
 * Specifications: first.org/cvss.
 */
export function cvssBaseScore(vector: string, version = cvssVersionOf(vector)): number | undefined {
  if (vector.length > MAX_VECTOR_LENGTH) return undefined
  const base = version && baseVector(version, vector)
  if (!version || !base) return undefined
  const known = scores.get(base)
  if (known !== undefined) return known
  const score = calculators[version](base)
  scores.set(base, score)
  return score
}

export interface CvssRating {
  /** As the scanner writes it: `3.1`, `CVSSv31`, `CVSS_V3`, …; the vector's prefix goes before it. */
  readonly version?: string | undefined
  readonly vector?: string | undefined
  readonly score?: number | undefined
  /** Among ratings of one version, those by the source the scanner itself goes by. */
  readonly preferred?: boolean | undefined
}

export interface ChosenCvss {
  readonly version: CvssVersion
  readonly score: number
  readonly vector: string | undefined
}

function versionOf(rating: CvssRating): CvssVersion | undefined {
  const fromVector = rating.vector === undefined ? undefined : cvssVersionOf(rating.vector)
  if (fromVector || rating.version === undefined) return fromVector
  const digits = /(\d)[._]?(\d)?\s*$/.exec(rating.version.trim())
  if (!digits) return undefined
  const [, major, minor] = digits
  if (major === '3') return minor === '1' ? '3.1' : '3.0'
  return major === '4' ? '4.0' : major === '2' ? '2.0' : undefined
}

/**
 * The rating that counts among several: the newest version; of one version those by the scanner's own source; of those
 * the highest. A score that is missing or out of range is worked out from the vector; a rating with neither is left out.
 */
export function chooseCvss(ratings: Iterable<CvssRating>): ChosenCvss | undefined {
  let best: (ChosenCvss & { rank: number; preferred: boolean }) | undefined
  for (const rating of ratings) {
    const version = versionOf(rating)
    if (!version) continue
    const given = rating.score
    const usable = given !== undefined && given >= 0 && given <= 10
    const score = usable ? given : rating.vector === undefined ? undefined : cvssBaseScore(rating.vector, version)
    if (score === undefined) continue
    const rank = cvssVersions.indexOf(version)
    const preferred = rating.preferred === true
    if (
      best === undefined ||
      rank > best.rank ||
      (rank === best.rank && preferred && !best.preferred) ||
      (rank === best.rank && preferred === best.preferred && score > best.score)
    )
      best = { version, score, vector: rating.vector?.trim() || undefined, rank, preferred }
  }
  return best && { version: best.version, score: best.score, vector: best.vector }
}
