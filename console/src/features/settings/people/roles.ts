import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, ask } from '../../../api/client.js'
import type { Role } from '../../../api/schemas.js'

export const rolesQuery = queryOptions({
  queryKey: ['roles', 'all'],
  queryFn: async ({ signal }) =>
    (await ask(api.GET('/roles', { params: { query: { limit: 200 } }, signal }))).items as Role[],
})

export const useRoleNames = (): string[] => (useQuery(rolesQuery).data ?? []).map(({ name }) => name)
