import { type CvssRating, chooseCvss, severities, severityWord } from '../../../domain/identity/index.js'
import { fields, list, number, text } from '../json/fields.js'

export interface ChosenRatings {
  readonly severity: string | undefined
  readonly cvss: number | undefined
  readonly cvssVector: string | undefined
  readonly epss: number | undefined
}

/**
 * One severity, score and EPSS out of a vulnerability's `ratings`, which come from several sources. The score is of the
 * newest CVSS version. The severity is that of the source the vulnerability itself comes from; else the one that goes
 * with the score; else the worst.
 */
export function chooseRatings(ratings: unknown, source: string | undefined): ChosenRatings {
  const scored: CvssRating[] = []
  let epss: number | undefined
  let own: string | undefined
  let worst: string | undefined
  const severityOf = new Map<string, string>()
  for (const entry of list(ratings)) {
    const rating = fields(entry)
    const from = text(fields(rating['source'])['name'])
    const method = text(rating['method']) ?? ''
    const score = number(rating['score'])
    const vector = text(rating['vector'])
    if (/epss/i.test(from ?? '') || /epss/i.test(method)) {
      epss ??= score
      continue
    }
    const severity = text(rating['severity'])
    const preferred = source !== undefined && from === source
    if (severity !== undefined) {
      if (preferred) own ??= severity
      if (worst === undefined || rank(severity) < rank(worst)) worst = severity
    }
    if (/^cvss/i.test(method) || (method === '' && vector !== undefined)) {
      scored.push({ version: method, vector, score, preferred })
      if (severity !== undefined && score !== undefined) severityOf.set(`${vector ?? ''} ${score}`, severity)
    }
  }
  const cvss = chooseCvss(scored)
  const withScore = cvss && severityOf.get(`${cvss.vector ?? ''} ${cvss.score}`)
  return { severity: own ?? withScore ?? worst, cvss: cvss?.score, cvssVector: cvss?.vector, epss }
}

function rank(severity: string): number {
  return severities.indexOf(severityWord(severity))
}
