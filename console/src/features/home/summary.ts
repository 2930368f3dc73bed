import { queryOptions } from '@tanstack/react-query'
import { api, ask } from '../../api/client.js'
import type { Severity } from '../../api/schemas.js'
import { SEVERITIES } from '../../severity/severity.js'

/** Open instances by severity: how many are uncovered, covered, deferred, overdue. */
export const summaryQuery = queryOptions({
  queryKey: ['summary'],
  queryFn: ({ signal }) => ask(api.GET('/summary', { signal })),
})

export const totalOf = (counts: Readonly<Record<Severity, number>>): number =>
  SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0)
