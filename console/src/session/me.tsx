import { queryOptions, useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { api, ask } from '../api/client.js'
import { ApiProblem } from '../api/problem.js'
import type { Me, Permission } from '../api/schemas.js'

/** Who is signed in; null: nobody. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await ask(api.GET('/me', { signal }))
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  },
  staleTime: 5 * 60_000,
})

export const useMeQuery = () => useQuery(meQuery)

const MeContext = createContext<Me | null>(null)
export const MeProvider = MeContext.Provider

/** Who is signed in, inside of the shell. */
export function useMe(): Me {
  const me = useContext(MeContext)
  if (me === null) throw new Error('nobody is signed in here')
  return me
}

/** Whether the person may do any of these. What one may do to a single exception is for `exception-actions.ts`. */
export function useMay(...permissions: Permission[]): boolean {
  const me = useMe()
  return permissions.some((permission) => me.permissions.includes(permission))
}
