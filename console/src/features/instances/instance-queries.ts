import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, ask } from '../../api/client.js'
import type { InstanceFilter } from './instances-search.js'

const PAGE = 100

/** The instances, page after page. A wrong filter is refused with its faults. */
export const instanceTable = (filter: InstanceFilter) =>
  infiniteQueryOptions({
    queryKey: ['instances', 'table', filter],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/instances', {
          params: { query: { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** How many a filter finds. */
export const instanceCount = (filter: Omit<InstanceFilter, 'sort'>) =>
  queryOptions({
    queryKey: ['instances', 'count', filter],
    queryFn: async ({ signal }) =>
      (await ask(api.GET('/instances', { params: { query: { ...filter, limit: 1 } }, signal }))).count,
    placeholderData: keepPreviousData,
    retry: false,
  })

export const instanceById = (id: string) =>
  queryOptions({
    queryKey: ['instances', 'one', id],
    queryFn: ({ signal }) => ask(api.GET('/instances/{id}', { params: { path: { id } }, signal })),
  })

/** Ids of the open tickets that it is one of. */
export const ticketsOf = (id: string) =>
  queryOptions({
    queryKey: ['instances+tickets', 'of', id],
    queryFn: ({ signal }) => ask(api.GET('/instances/{id}/tickets', { params: { path: { id } }, signal })),
  })

/** What covers or defers it, now and ever. */
export const coverageOf = (id: string) =>
  queryOptions({
    queryKey: ['instances', 'coverage', id],
    queryFn: ({ signal }) => ask(api.GET('/instances/{id}/coverage', { params: { path: { id } }, signal })),
  })
