import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.js'

/** What was read stays good until the live stream says otherwise; going back to a page shows it at once. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) => failures < 2 && error instanceof ApiProblem && error.passes,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
})
