import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Kind } from '../../api/keys.js'
import type { Page } from '../../api/schemas.js'

/**
 * A list of the API, page after page.
 * @param load asks for one page; without a cursor the first
 */
export function usePages<Row>(
  key: readonly [Kind, ...unknown[]],
  load: (cursor: { cursor?: string }, signal: AbortSignal) => Promise<Page<Row>>,
) {
  const query = useInfiniteQuery<Page<Row>, Error, InfiniteData<Page<Row>>, readonly unknown[], string | null>({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => load(pageParam === null ? {} : { cursor: pageParam }, signal),
    initialPageParam: null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items), [query.data])
  return {
    rows,
    count: query.data?.pages[0]?.count,
    error: query.error,
    retry: () => void query.refetch(),
    more: {
      has: query.hasNextPage,
      loading: query.isFetchingNextPage,
      load: () => void query.fetchNextPage(),
    },
  }
}
