import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useMay } from '../../session/me.js'
import { exceptionTable } from './exception-queries.js'
import { filterOf } from './exceptions-search.js'

/** The exceptions before and after one, in the table that lies under its details. */
export function useNeighbours(id: string): { previous: string | null; next: string | null } {
  const search = useSearch({ from: '/exceptions' })
  const mayRead = useMay('exceptions.read')
  const { data } = useInfiniteQuery({ ...exceptionTable(filterOf(search)), enabled: mayRead })
  const ids = data?.pages.flatMap(({ items }) => items.map((item) => item.id)) ?? []
  const at = ids.indexOf(id)
  if (at < 0) return { previous: null, next: null }
  return { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null }
}
