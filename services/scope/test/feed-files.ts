/** Documents of feeds as their publishers write them, with what a test says. */

export const kevFile = (ids: readonly string[], dated = '2026-02-27T17:00:00Z') =>
  JSON.stringify({ dateReleased: dated, count: ids.length, vulnerabilities: ids.map((cveID) => ({ cveID })) })

export const epssFile = (scores: Readonly<Record<string, number>>, dated = '2026-02-28T00:00:00+0000') =>
  [
    `#model_version:v2025.03.14,score_date:${dated}`,
    'cve,epss,percentile',
    ...Object.entries(scores).map(([id, score]) => `${id},${score},0.5`),
  ].join('\n')

export const nvdFile = (scores: Readonly<Record<string, number | null>>, changed = '2026-02-01T00:00:00.000') => {
  const entries = Object.entries(scores)
  return JSON.stringify({
    resultsPerPage: entries.length,
    startIndex: 0,
    totalResults: entries.length,
    version: '2.0',
    timestamp: '2026-02-28T00:00:00.000',
    vulnerabilities: entries.map(([id, score]) => ({
      cve: {
        id,
        lastModified: changed,
        vulnStatus: score === null ? 'Rejected' : 'Analyzed',
        metrics:
          score === null
            ? {}
            : { cvssMetricV31: [{ type: 'Primary', cvssData: { version: '3.1', baseScore: score } }] },
      },
    })),
  })
}
