import { queryOptions } from '@tanstack/react-query'
import { AS_OPENED } from '../../api/as-opened.js'
import { api, ask, askTagged } from '../../api/client.js'
import type { Page, Query } from '../../api/schemas.js'

/** Where the copies are that exceptions were granted for. Nobody writes there. */
export const MANAGED_FOLDER = 'Vulnerability Exception Queries'

const PAGE = 100
const ALL_PAGE = 200
const MOST_PAGES = 10

/** What is looked for among the queries. */
export interface QueryFilter {
  folder?: string
  managed: boolean
  text?: string
  sort?: string
}

/** One page of queries. @param cursor empty for the first */
export const queryPage = (
  { folder, managed, text, sort }: QueryFilter,
  cursor: { cursor?: string },
  signal: AbortSignal,
): Promise<Page<Query>> =>
  ask(
    api.GET('/queries', {
      params: {
        query: {
          managed,
          limit: PAGE,
          ...cursor,
          ...(folder === undefined ? {} : { folder: [folder] }),
          ...(text === undefined ? {} : { text: [text] }),
          ...(sort === undefined ? {} : { sort }),
        },
      },
      signal,
    }),
  )

/** The folders that people have made, with how many queries each holds; the first two thousand queries are looked at. */
export const foldersQuery = queryOptions({
  queryKey: ['queries', 'folders'],
  queryFn: async ({ signal }) => {
    const counts = new Map<string, number>()
    let cursor: string | null = null
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer: Page<Query> = await ask(
        api.GET('/queries', {
          params: {
            query: { managed: false, sort: 'folder', limit: ALL_PAGE, ...(cursor === null ? {} : { cursor }) },
          },
          signal,
        }),
      )
      for (const { folder } of answer.items) counts.set(folder, (counts.get(folder) ?? 0) + 1)
      cursor = answer.nextCursor
      if (cursor === null) break
    }
    return [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([name, count]) => ({ name, count }))
  },
})

/** How many copies exceptions were granted for. */
export const managedCount = queryOptions({
  queryKey: ['queries', 'managed-count'],
  queryFn: async ({ signal }) =>
    (await ask(api.GET('/queries', { params: { query: { managed: true, limit: 1 } }, signal }))).count,
})

/** One query with the ETag that a change has to name. */
export const queryById = (id: string) =>
  queryOptions({
    queryKey: ['queries', 'one-tagged', id],
    queryFn: ({ signal }) => askTagged(api.GET('/queries/{id}', { params: { path: { id } }, signal })),
    ...AS_OPENED,
  })
