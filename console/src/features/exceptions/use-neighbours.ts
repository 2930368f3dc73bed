import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type Neighbours, neighboursIn } from '../../drawer/neighbours.js'
import { useMay } from '../../session/me.js'
import { exceptionTable } from './exception-queries.js'
import { filterOf } from './exceptions-search.js'

/** The exceptions before and after one, in the table that lies under its details. */
export function useNeighbours(id: string): Neighbours {
  const search = useSearch({ from: '/exceptions' })
  const mayRead = useMay('exceptions.read')
  const { data } = useInfiniteQuery({ ...exceptionTable(filterOf(search)), enabled: mayRead })
  return neighboursIn(data?.pages, id)
}
