import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, ask } from '../../../api/client.js'
import type { RuleCandidate } from '../../../api/schemas.js'

const MOST = 200

const candidates = (text: string) => ({
  queryKey: ['users+groups', 'candidates', text],
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    (
      await ask(
        api.GET('/rule-candidates', {
          params: { query: { limit: MOST, ...(text === '' ? {} : { text }) } as never },
          signal,
        }),
      )
    ).items as RuleCandidate[],
  placeholderData: keepPreviousData,
})

/** People and groups who can decide a step, by what is looked for; the names of all that were read so far. */
export function useCandidates(text = '') {
  const [looked] = useDebouncedValue(text.trim(), 200)
  const all = useQuery(candidates('')).data ?? []
  const found = useQuery(candidates(looked)).data ?? []
  const names = new Map([...all, ...found].map((candidate) => [candidate.id, candidate]))
  return { found, nameOf: (id: string) => names.get(id)?.name ?? 'Somebody who is no candidate any more', names }
}
