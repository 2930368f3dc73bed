import { queryOptions } from '@tanstack/react-query'
import { api, ask } from '../api/client.js'

/** A field that a query can use. */
export interface QueryField {
  name: string
  type: string
  description: string
  values?: string[]
}

/** The closed list of fields; it changes with a release only. */
export const fieldsQuery = queryOptions({
  queryKey: ['fields'],
  queryFn: async ({ signal }) => (await ask(api.GET('/fields', { signal }))).items as QueryField[],
  staleTime: Number.POSITIVE_INFINITY,
})
