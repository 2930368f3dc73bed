import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, ask } from '../../api/client.js'
import type { Exception, Page } from '../../api/schemas.js'

/** What can be asked of the Exception Table; absent: all. */
export interface ExceptionFilter {
  status?: Exception['status'][]
  kind?: Exception['kind'][]
  text?: string[]
  requestedBy?: string[]
  waitingFor?: string[]
  approver?: string[]
  requestedAfter?: string
  requestedBefore?: string
  expiresAfter?: string
  expiresBefore?: string
  minInstances?: number
  sort?: string
}

const PAGE = 100

// The document knows two answers, a page and (with `export`) the whole; here it is always a page.
const page = (answer: Promise<unknown>) => answer as Promise<Page<Exception>>

/** The Exception Table, page after page. */
export const exceptionTable = (filter: ExceptionFilter) =>
  infiniteQueryOptions({
    queryKey: ['exceptions', 'table', filter],
    queryFn: ({ pageParam, signal }) =>
      page(
        ask(
          api.GET('/exceptions', {
            params: { query: { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
            signal,
          }),
        ),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** The first few that a filter finds, and how many there are. */
export const exceptionList = (filter: ExceptionFilter, limit: number) =>
  queryOptions({
    queryKey: ['exceptions', 'list', filter, limit],
    queryFn: ({ signal }) => page(ask(api.GET('/exceptions', { params: { query: { ...filter, limit } }, signal }))),
  })

export const exceptionById = (id: string) =>
  queryOptions({
    queryKey: ['exceptions', 'one', id],
    queryFn: ({ signal }) => ask(api.GET('/exceptions/{id}', { params: { path: { id } }, signal })),
  })

/** What waits for the person who is signed in, oldest first. */
export const waitingForMe = queryOptions({
  queryKey: ['approvals', 'mine'],
  queryFn: ({ signal }) => ask(api.GET('/approvals', { params: { query: { waitingFor: 'me', limit: 200 } }, signal })),
})
