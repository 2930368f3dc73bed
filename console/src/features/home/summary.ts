import { queryOptions } from '@tanstack/react-query'
import { api, ask } from '../../api/client.js'
import type { Severity } from '../../api/schemas.js'
import { SEVERITIES } from '../../severity/severity.js'

/** Open instances by severity: how many are uncovered, covered, deferred, overdue. */
export const summaryQuery = queryOptions({
  queryKey: ['summary'],
  queryFn: ({ signal }) => ask(api.GET('/summary', { signal })),
})

/** Days that the picture shows. */
export const SPANS = ['7', '30', '90', '365'] as const
export type Span = (typeof SPANS)[number]

/** How they were: by the hour for a week, else by the day. */
export const historyQuery = (span: Span) =>
  queryOptions({
    queryKey: ['summary', 'history', span],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/summary/history', {
          params: { query: { days: Number(span), step: span === '7' ? 'hour' : 'day' } },
          signal,
        }),
      ),
  })

export const totalOf = (counts: Readonly<Record<Severity, number>>): number =>
  SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0)
