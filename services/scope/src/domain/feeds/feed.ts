/** CISA's catalogue of exploited vulnerabilities, FIRST's probabilities of exploitation, NVD's scores. */
export const FEEDS = ['kev', 'epss', 'nvd'] as const
export type FeedName = (typeof FEEDS)[number]

/** What a feed says of one id. */
export interface FeedEntry {
  readonly id: string
  /** KEV: 1. EPSS: the probability. NVD: the CVSS base score. Null: it says no longer what it said. */
  readonly score: number | null
  /** NVD: when it was last changed there. The others are replaced as a whole. */
  readonly changedAt: Date | null
}

export type FeedFaultCode =
  | 'FEED_UNREACHABLE'
  | 'FEED_EMPTY'
  | 'FEED_MALFORMED'
  | 'FEED_TRUNCATED'
  | 'FEED_TOO_LARGE'
  | 'FEED_OUTDATED'

/** Why a feed is not taken, for people: which document, where in it, what is wrong. Nothing of it has been taken then. */
export class FeedFault extends Error {
  override readonly name = 'FeedFault'

  constructor(
    readonly code: FeedFaultCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options)
  }
}

const CVE = /^CVE-\d{4}-\d{4,19}$/

/** The id in the spelling that vulnerabilities have, null where it is none. */
export function cveOf(value: unknown): string | null {
  const id = typeof value === 'string' ? value.trim().toUpperCase() : ''
  return CVE.test(id) ? id : null
}

/** An instant as feeds write it, in UTC where they name no zone; null where it is none. */
export function instantOf(value: unknown): Date | null {
  if (typeof value !== 'string' || value.length > 40) return null
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
    value.trim(),
  )
  if (match === null) return null
  const [, day, time = '00:00:00', zone = 'Z'] = match
  const at = new Date(`${day}T${time}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`)
  return Number.isNaN(at.getTime()) ? null : at
}
