import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, ask, askTagged } from '../../api/client.js'
import type { TicketFilter } from './tickets-search.js'

const PAGE = 100

/** The tickets, page after page. */
export const ticketTable = (filter: TicketFilter) =>
  infiniteQueryOptions({
    queryKey: ['tickets', 'table', filter],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/tickets', {
          params: { query: { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** How many tickets a filter finds. */
export const ticketCount = (filter: Omit<TicketFilter, 'sort'>) =>
  queryOptions({
    queryKey: ['tickets', 'count', filter],
    queryFn: async ({ signal }) =>
      (await ask(api.GET('/tickets', { params: { query: { ...filter, limit: 1 } }, signal }))).count,
  })

/** One ticket with the ETag that a change has to name. */
export const ticketById = (id: string) =>
  queryOptions({
    queryKey: ['tickets', 'one', id],
    queryFn: ({ signal }) => askTagged(api.GET('/tickets/{id}', { params: { path: { id } }, signal })),
  })

/** All that happened to a ticket, the newest first. */
export const updatesOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['tickets', 'updates', id],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/tickets/{id}/updates', {
          params: { path: { id }, query: { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
