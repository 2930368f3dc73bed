import { queryOptions, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { AS_OPENED } from '../../api/as-opened.js'
import { api, ask } from '../../api/client.js'
import { AwaitedDrawer } from '../../drawer/awaited-drawer.js'
import { REQUEST_FORM_SIZE, RequestFormView } from './request-form.js'

/** The caller's rule: who decides what they ask for, and what they are told. */
export const requestFormQuery = queryOptions({
  queryKey: ['rules', 'request-form'],
  queryFn: ({ signal }) => ask(api.GET('/request-form', { signal })),
  // It is looked at anew for each request.
  ...AS_OPENED,
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
      <AwaitedDrawer
        title="Create Exception"
        size={REQUEST_FORM_SIZE}
        error={form.error}
        retry={() => void form.refetch()}
        onClose={close}
      />
    )
  return (
    <RequestFormView form={form.data} onRuleChanged={() => form.refetch().then(({ data }) => data)} onClose={close} />
  )
}
