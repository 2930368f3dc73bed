import { Alert, Button, Group, Modal, Select, Stack, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../../api/client.js'
import { formFaults } from '../../../api/problem.js'
import type { Exception } from '../../../api/schemas.js'
import { done } from '../../../feedback/toast.js'

/** Gives a step to somebody else, so that nothing is stuck when people leave. */
export function HandOverDialog({ exception, onClose }: { exception: Exception; onClose: () => void }) {
  const client = useQueryClient()
  const { approval } = exception
  const [text, setText] = useState('')
  const [looked] = useDebouncedValue(text.trim(), 200)
  const form = useForm({
    initialValues: { step: String(approval.currentStep), toUserId: null as string | null, reason: '' },
    validate: {
      toUserId: (value) => (value === null ? 'Choose who takes it.' : null),
      reason: (value) => (value.trim() === '' ? 'Say why.' : null),
    },
  })
  const { step } = form.values
  const candidates = useQuery({
    queryKey: ['exceptions', exception.id, 'candidates', step],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/approvals/{exceptionId}/steps/{step}/candidates', {
          params: { path: { exceptionId: exception.id, step: Number(step) } },
          signal,
        }),
      ),
  })
  const anyone = candidates.data?.anyone === true
  const people = useQuery({
    queryKey: ['users', 'candidates', looked],
    enabled: anyone,
    queryFn: ({ signal }) =>
      ask(
        api.GET('/rule-candidates', {
          params: { query: { type: ['user'], limit: 50, ...(looked === '' ? {} : { text: looked }) } as never },
          signal,
        }),
      ),
  })
  const eligible = anyone ? people.data?.items : candidates.data?.items
  const send = useMutation({
    mutationFn: ({ step, toUserId, reason }: typeof form.values) =>
      ask(
        api.POST('/approvals/{exceptionId}/hand-over', {
          params: { path: { exceptionId: exception.id }, header: { 'idempotency-key': newIdempotencyKey() } },
          body: { step: Number(step), toUserId: toUserId ?? '', reason: reason.trim() },
        }),
      ),
    onSuccess: () => {
      done('The step is handed over.')
      void client.invalidateQueries({ queryKey: ['exceptions'] })
      onClose()
    },
    onError: (error) => form.setErrors(formFaults(error, ['step', 'toUserId', 'reason']).fields),
  })
  const rest = send.error === null ? null : formFaults(send.error, ['step', 'toUserId', 'reason']).rest
  return (
    <Modal opened onClose={onClose} title="Hand a step over" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={form.onSubmit((values) => send.mutate(values))} noValidate>
        <Stack>
          {rest !== null && (
            <Alert color="red" role="alert" py="xs">
              {rest}
            </Alert>
          )}
          <Select
            label="Step"
            allowDeselect={false}
            data={approval.steps.map(({ index, approver }) => ({
              value: String(index),
              label: `Step ${index + 1}: ${approver.name}`,
            }))}
            {...form.getInputProps('step')}
          />
          <Select
            label="To"
            description={
              anyone ? 'No candidate of the step is active: anyone can take it.' : 'Another candidate of the step.'
            }
            placeholder="Find a person"
            searchable
            searchValue={text}
            onSearchChange={setText}
            nothingFoundMessage="Nobody is called so."
            data={(eligible ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('toUserId')}
          />
          <Textarea
            label="Reason"
            withAsterisk
            autosize
            minRows={2}
            maxLength={4_000}
            {...form.getInputProps('reason')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={send.isPending}>
              Hand over
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
