import { type CvssRating, chooseCvss } from '../identity/index.js'
import { cveOf, type FeedEntry, instantOf } from './feed.js'

/** The parts of an NVD record that matter. */
export interface NvdRecord {
  readonly id?: unknown
  readonly lastModified?: unknown
  readonly vulnStatus?: unknown
  readonly metrics?: unknown
}

const METRICS = ['cvssMetricV40', 'cvssMetricV31', 'cvssMetricV30', 'cvssMetricV2'] as const

/**
 * The base score of the newest CVSS version that the record has; of one version NVD's own (Primary) before others', else the highest.
 * A record that was rejected, or has no score, takes back what it said before.
 * @returns what is wrong, where something is
 */
export function nvdEntry(record: NvdRecord): FeedEntry | string {
  const id = cveOf(record.id)
  if (id === null) return 'its id is no CVE'
  const changedAt = instantOf(record.lastModified)
  if (changedAt === null) return `the lastModified of ${id} is no time`
  if (record.vulnStatus === 'Rejected') return { id, score: null, changedAt }
  if (!isObject(record.metrics ?? {})) return `the metrics of ${id} are no object`
  const ratings: CvssRating[] = []
  for (const name of METRICS) {
    const metrics = (record.metrics as Record<string, unknown> | undefined)?.[name] ?? []
    if (!Array.isArray(metrics)) return `the ${name} of ${id} is no list`
    for (const metric of metrics) {
      const data: unknown = isObject(metric) ? metric['cvssData'] : undefined
      if (!isObject(metric) || !isObject(data)) return `a ${name} of ${id} has no cvssData`
      const { baseScore, vectorString } = data
      if (typeof baseScore !== 'number' || !(baseScore >= 0 && baseScore <= 10)) {
        return `a baseScore of ${id} is not a number from 0 to 10`
      }
      ratings.push({
        version: name.slice('cvssMetricV'.length).replace(/^(\d)(\d)?$/, (_, major, minor) => `${major}.${minor ?? 0}`),
        vector: typeof vectorString === 'string' ? vectorString : undefined,
        score: baseScore,
        preferred: metric['type'] === 'Primary',
      })
    }
  }
  return { id, score: chooseCvss(ratings)?.score ?? null, changedAt }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
