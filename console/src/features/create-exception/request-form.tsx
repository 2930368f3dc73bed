import { Alert, Anchor, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { ApiProblem, formFaults } from '../../api/problem.js'
import type { Query, RequestForm } from '../../api/schemas.js'
import { useDraft } from '../../drafts/use-draft.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { done } from '../../feedback/toast.js'
import { queryFaults } from '../../query-editor/query-editor.js'
import { exceptionById } from '../exceptions/exception-queries.js'
import { ApproversSection } from './approvers-section.js'
import { ExpirationSection } from './expiration-section.js'
import { QuerySection } from './query-section.js'
import {
  EMPTY_REQUEST,
  keptApprovers,
  REQUEST_ALIASES,
  REQUEST_FIELDS,
  type RequestValues,
  requestBody,
  requestFaults,
} from './request-values.js'
import { SetupSection } from './setup-section.js'

export const REQUEST_FORM_SIZE = 760

interface RequestFormViewProps {
  form: RequestForm
  /** Reads the rule as it is now. */
  onRuleChanged: () => Promise<RequestForm | undefined>
  onClose: () => void
}

/** The request from its name to the acknowledged risk. What is typed is kept, whatever happens to the page. */
export function RequestFormView({ form: rule, onRuleChanged, onClose }: RequestFormViewProps) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const search = useSearch({ from: '/exceptions' })
  const draft = useDraft<RequestValues>('create-exception')
  const [notice, setNotice] = useState<string | null>(null)
  // The same for every attempt to send the same request: a lost answer makes no second one.
  const [attempt, setAttempt] = useState(newIdempotencyKey)

  const form = useForm<RequestValues>({
    initialValues: beginning(draft.read(), search, rule),
    validate: (values) => requestFaults(values, rule, new Date().toISOString().slice(0, 10)),
    onValuesChange: (values) => {
      draft.keep(values)
      setAttempt(newIdempotencyKey())
    },
  })
  const { values } = form
  const autoPilot = rule.workflow.type === 'autoPilot'

  const send = useMutation({
    mutationFn: (body: RequestValues) =>
      ask(
        api.POST('/exceptions', {
          params: { header: { 'idempotency-key': attempt } },
          body: requestBody(body, rule),
        }),
      ),
    onSuccess: (exception) => {
      draft.drop()
      client.setQueryData(exceptionById(exception.id).queryKey, exception)
      void client.invalidateQueries({ queryKey: ['exceptions'] })
      done(
        exception.status === 'active'
          ? 'The exception is active: Auto Pilot has approved it.'
          : `The request waits for ${exception.waitingFor?.name ?? 'approval'}.`,
      )
      void navigate({
        to: '/exceptions/$id',
        params: { id: exception.id },
        search: (({ expression: _, queryId: __, ...rest }: Record<string, unknown>) => rest) as never,
      })
    },
    onError: async (error) => {
      setAttempt(newIdempotencyKey())
      if (error instanceof ApiProblem && error.code === 'RULE_CHANGED') {
        const now = await onRuleChanged()
        if (now !== undefined) form.setFieldValue('approvers', keptApprovers(values.approvers, now))
        setNotice('The rule of your role has changed meanwhile. Look at the approvers again, then submit.')
        return
      }
      if (error instanceof ApiProblem && error.code === 'QUERY_CHANGED' && values.queryId !== null) {
        const now = await ask(api.GET('/queries/{id}', { params: { path: { id: values.queryId } } })).catch(() => null)
        if (now !== null) form.setFieldValue('expression', (now as Query).expression)
        setNotice('Somebody has changed the query meanwhile. Look at what it covers now, then submit.')
        return
      }
      const { fields, rest } = formFaults(error, REQUEST_FIELDS, REQUEST_ALIASES)
      form.setErrors(fields)
      setNotice(rest)
    },
  })
  useEffect(() => {
    if (notice !== null) document.getElementById('request-notice')?.scrollIntoView({ block: 'nearest' })
  }, [notice])

  const submit = form.onSubmit(
    (ready) => {
      setNotice(null)
      send.mutate(ready)
    },
    () => {
      // The first fault is brought into view and takes the focus.
      requestAnimationFrame(() =>
        document
          .querySelector<HTMLElement>('form [aria-invalid=true], form [data-error]')
          ?.focus({ preventScroll: false }),
      )
    },
  )

  return (
    <DetailsDrawer
      title="Create Exception"
      size={REQUEST_FORM_SIZE}
      onClose={onClose}
      head={
        <Text size="sm" c="dimmed" mt={2}>
          {autoPilot
            ? 'Auto Pilot: your request is approved at once.'
            : `Your request is decided in ${steps(rule)}. The draft is kept on this machine until you submit it.`}
        </Text>
      }
      footer={
        <Group justify="space-between">
          <Button
            variant="subtle"
            color="gray"
            c="dimmed"
            onClick={() => {
              form.setValues({ ...EMPTY_REQUEST, approvers: keptApprovers([], rule) })
              form.clearErrors()
              draft.drop()
              setNotice(null)
            }}
          >
            Discard the draft
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" form="request" loading={send.isPending}>
              {autoPilot ? 'Create Exception' : 'Submit for approval'}
            </Button>
          </Group>
        </Group>
      }
    >
      <form id="request" onSubmit={submit} noValidate>
        <Stack gap="xl">
          {notice !== null && (
            <Alert id="request-notice" color="red" role="alert" py="xs">
              {notice}
            </Alert>
          )}
          {rule.instructions !== '' && (
            <Alert color="iris" py="xs" title="Instructions">
              <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
                {rule.instructions}
              </Text>
            </Alert>
          )}
          <SetupSection form={form} />
          <QuerySection form={form} faults={queryFaults(send.error)} />
          <ApproversSection form={form} rule={rule} />
          <ExpirationSection form={form} autoPilot={autoPilot} />
          <Checkbox
            label="I acknowledge the risk: what this exception covers stays vulnerable while it is in force."
            {...form.getInputProps('riskAcknowledged', { type: 'checkbox' })}
          />
          <Text size="xs" c="dimmed">
            On submission the query is copied into <em>Vulnerability Exception Queries</em>, where nobody can change it.
            The list is dynamic and changes with the data.{' '}
            <Anchor href="/api/docs" inherit>
              The API
            </Anchor>{' '}
            does the same.
          </Text>
        </Stack>
      </form>
    </DetailsDrawer>
  )
}

function steps(rule: RequestForm): string {
  const count = rule.workflow.type === 'approvers' ? rule.workflow.steps.length : 0
  return count === 1 ? 'one step' : `${count} steps`
}

/** What the form begins with: the draft, and over it what the address names. */
function beginning(
  draft: RequestValues | null,
  search: { expression?: string; queryId?: string },
  rule: RequestForm,
): RequestValues {
  const kept = { ...EMPTY_REQUEST, ...draft }
  const named: Partial<RequestValues> =
    search.queryId !== undefined
      ? { querySource: 'saved', queryId: search.queryId, expression: search.expression ?? '' }
      : search.expression !== undefined
        ? { querySource: 'written', queryId: null, expression: search.expression }
        : {}
  return { ...kept, ...named, approvers: keptApprovers(kept.approvers, rule), riskAcknowledged: false }
}
