import { Center, Loader } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api, ask } from '../../api/client.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { RequestFormView } from './request-form.js'

/** The caller's rule: who decides what they ask for, and what they are told. */
export const requestFormQuery = queryOptions({
  queryKey: ['rules', 'request-form'],
  queryFn: ({ signal }) => ask(api.GET('/request-form', { signal })),
  // It is looked at anew for each request; while one is written the approvers do not change under the hand.
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  refetchOnWindowFocus: false,
  retry: false,
})

/** Create Exception. */
export function CreateExceptionDrawer() {
  const navigate = useNavigate()
  const form = useQuery(requestFormQuery)
  const close = () =>
    void navigate({
      to: '/exceptions',
      search: (({ expression: _, queryId: __, ...rest }: Record<string, unknown>) => rest) as never,
    })
  if (form.data === undefined)
    return (
      <DetailsDrawer title="Create Exception" onClose={close}>
        {form.error === null ? (
          <Center py="xl">
            <Loader role="status" aria-label="Loading" />
          </Center>
        ) : (
          <ProblemNotice error={form.error} retry={() => void form.refetch()} />
        )}
      </DetailsDrawer>
    )
  return (
    <RequestFormView form={form.data} onRuleChanged={() => form.refetch().then(({ data }) => data)} onClose={close} />
  )
}
