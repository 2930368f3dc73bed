import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { formFaults } from '../../api/problem.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { done } from '../../feedback/toast.js'
import { Impact } from '../../query-editor/impact.js'
import { previewOf } from '../../query-editor/preview.js'
import { QueryEditor, queryFaults } from '../../query-editor/query-editor.js'
import { useMay, useMe } from '../../session/me.js'
import { OwnerSelect } from './owner-select.js'
import { listPart } from './tickets-search.js'

const FIELDS = ['title', 'ownerId', 'expression', 'dueDate']
const PREVIEW_AFTER_MS = 350

/** Create Ticket. */
export function NewTicketDrawer() {
  const me = useMe()
  const mayPreview = useMay('instances.read')
  const search = useSearch({ from: '/tickets' })
  const navigate = useNavigate()
  const client = useQueryClient()
  // The same for every attempt to send the same ticket: a lost answer makes no second one.
  const [attempt, setAttempt] = useState(newIdempotencyKey)
  const close = () => void navigate({ to: '/tickets', search: listPart(search) as never })
  const form = useForm({
    initialValues: {
      title: '',
      ownerId: me.id as string | null,
      expression: search.expression ?? '',
      dueDate: null as string | null,
    },
    validate: {
      title: (value) => (value.trim() === '' ? 'Give it a title that others find it by.' : null),
      ownerId: (value) => (value === null ? 'Choose who resolves it.' : null),
      expression: (value) => (value.trim() === '' ? 'Say which instances it is about.' : null),
    },
    onValuesChange: () => setAttempt(newIdempotencyKey()),
  })
  const { expression } = form.values
  const [settled] = useDebouncedValue(expression, PREVIEW_AFTER_MS)
  const preview = useQuery({ ...previewOf(settled), enabled: mayPreview && settled.trim() !== '' })
  const save = useMutation({
    mutationFn: ({ title, ownerId, expression: text, dueDate }: typeof form.values) =>
      ask(
        api.POST('/tickets', {
          params: { header: { 'idempotency-key': attempt } },
          body: {
            title: title.trim(),
            ownerId: ownerId ?? me.id,
            expression: text,
            ...(dueDate === null ? {} : { dueDate }),
          },
        }),
      ),
    onSuccess: ({ id }) => {
      done('The ticket is open.')
      void client.invalidateQueries({ queryKey: ['tickets'] })
      void navigate({ to: '/tickets/$id', params: { id }, search: listPart(search) as never })
    },
    onError: (error) => {
      setAttempt(newIdempotencyKey())
      form.setErrors(formFaults(error, FIELDS).fields)
    },
  })
  const live = queryFaults(preview.error)
  const faults = expression === settled ? (live.length > 0 ? live : queryFaults(save.error)) : []
  const fault = save.error === null ? null : formFaults(save.error, FIELDS).rest
  return (
    <DetailsDrawer
      title="Create Ticket"
      onClose={close}
      footer={
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" form="ticket-form" loading={save.isPending}>
            Create Ticket
          </Button>
        </Group>
      }
    >
      <form id="ticket-form" onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack gap="md">
          {fault !== null && (
            <Alert color="red" role="alert" py="xs">
              {fault}
            </Alert>
          )}
          <TextInput label="Title" withAsterisk data-autofocus maxLength={200} {...form.getInputProps('title')} />
          <OwnerSelect
            label="Owner"
            value={form.values.ownerId}
            onChange={(id) => form.setFieldValue('ownerId', id)}
            error={form.errors['ownerId']}
          />
          <div>
            <QueryEditor
              label="Query"
              description="Which instances it is about. What it selects changes with the data."
              value={expression}
              onChange={(text) => form.setFieldValue('expression', text)}
              faults={faults}
            />
            {form.errors['expression'] !== undefined && faults.length === 0 && (
              <Text size="xs" c="var(--mantine-color-error)" mt={4}>
                {form.errors['expression']}
              </Text>
            )}
          </div>
          {mayPreview && expression.trim() !== '' && <Impact expression={settled} />}
          <DateInput
            label="Due date"
            description="Left empty, the policy gives it one as soon as its instances are counted."
            placeholder="By the policy"
            valueFormat="D MMM YYYY"
            clearable
            w={280}
            {...form.getInputProps('dueDate')}
          />
        </Stack>
      </form>
    </DetailsDrawer>
  )
}
