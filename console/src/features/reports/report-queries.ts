import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, ask } from '../../api/client.js'
import type { ReportsSearch } from './reports-search.js'

const PAGE = 100

/** Past imports, page after page. */
export const reportTable = (sort: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['reports', 'table', sort],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/reports', {
          params: {
            query: {
              limit: PAGE,
              ...(sort === undefined ? {} : { sort }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const reportById = (id: string) =>
  queryOptions({
    queryKey: ['reports', 'one', id],
    queryFn: ({ signal }) => ask(api.GET('/reports/{id}', { params: { path: { id } }, signal })),
  })

/** What scanners sent, the newest first. */
export const scanTable = ({ sort, scanner, outcome }: ReportsSearch) =>
  infiniteQueryOptions({
    queryKey: ['scans', 'table', sort, scanner, outcome],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/scans', {
          params: {
            query: {
              limit: PAGE,
              ...(sort === undefined ? {} : { sort }),
              ...(scanner === undefined ? {} : { scanner: [scanner] }),
              ...(outcome === undefined ? {} : { outcome: [outcome] }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** The feeds with what was last taken of each; read again soon while one is being taken, which no live update tells. */
export const feedsQuery = queryOptions({
  queryKey: ['feeds'],
  queryFn: async ({ signal }) => (await ask(api.GET('/feeds', { signal }))).items,
  refetchInterval: ({ state }) =>
    state.data?.some(({ lastTake }) => lastTake !== null && lastTake.finishedAt === null) ? 2_000 : 60_000,
})
