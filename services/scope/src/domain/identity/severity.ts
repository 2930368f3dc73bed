/** The six words of `severity`, worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'none', 'unknown'] as const
export type Severity = (typeof severities)[number]

const words: ReadonlyMap<string, Severity> = new Map(
  (
    [
      [
        'critical',
        ['critical', 'crit', 'fatal', 'urgent', 'blocker', 'catastrophic', 'emergency', 'very high', 'veryhigh'],
      ],
      ['high', ['high', 'important', 'error', 'severe', 'serious', 'major']],
      ['medium', ['medium', 'moderate', 'med', 'warning', 'warn', 'average']],
      // Debian's "unimportant" and Ubuntu's "negligible" are still findings; Trivy calls them low, too.
      ['low', ['low', 'minor', 'note', 'negligible', 'unimportant', 'minimal', 'trivial', 'very low', 'verylow']],
      [
        'none',
        ['none', 'info', 'informational', 'information', 'informative', 'notice', 'hint', 'log', 'debug', 'style'],
      ],
    ] as const
  ).flatMap(([severity, names]) => names.map((name): [string, Severity] => [name, severity])),
)

/** Any scanner's word for a severity as one of the six; what is not known is `unknown`. Case does not matter. */
export function severityWord(word: string | undefined): Severity {
  if (word === undefined) return 'unknown'
  const plain = word
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .replace(/^severity /, '')
  return words.get(plain) ?? 'unknown'
}

/** The qualitative rating of a CVSS base score 0–10 (CVSS v3.1 section 5, the same in v4.0 section 6). */
export function severityOfScore(score: number): Severity {
  if (!(score >= 0 && score <= 10)) return 'unknown'
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  if (score >= 4) return 'medium'
  return score > 0 ? 'low' : 'none'
}

/** The severity a scanner gives: its word, or where it has none that is known, what its score amounts to. */
export function severityOf(word: string | undefined, cvss: number | undefined): Severity {
  const known = severityWord(word)
  return known === 'unknown' && cvss !== undefined ? severityOfScore(cvss) : known
}

/** The worse of two; `unknown` gives way to anything known. */
export function worseSeverity(a: Severity, b: Severity): Severity {
  return severities.indexOf(a) <= severities.indexOf(b) ? a : b
}
