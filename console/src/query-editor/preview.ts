import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, ask } from '../api/client.js'

/** What a query selects now; a wrong one is refused with its faults. */
export const previewOf = (expression: string) =>
  queryOptions({
    // It changes with instances and with which exceptions there are.
    queryKey: ['instances+exceptions', 'preview', expression],
    queryFn: ({ signal }) => ask(api.POST('/queries/preview', { body: { expression }, signal })),
    enabled: expression.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
  })
