import { Alert, Button, Code, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { formFaults } from '../../api/problem.js'
import type { Ticket } from '../../api/schemas.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { done } from '../../feedback/toast.js'
import { QueryEditor, queryFaults } from '../../query-editor/query-editor.js'
import { useMe } from '../../session/me.js'
import { OwnerSelect } from './owner-select.js'
import { rightsToTicket } from './ticket-actions.js'

const FIELDS = ['title', 'ownerId', 'expression', 'dueDate', 'reason']

interface EditTicketFormProps {
  ticket: Ticket
  etag: string
  onBack: () => void
  onClose: () => void
}

/** Title, owner, query and due date, as far as the reader may change them. */
export function EditTicketForm({ ticket: shown, etag: newest, onBack, onClose }: EditTicketFormProps) {
  const me = useMe()
  const client = useQueryClient()
  // While it is edited it does not change under the hand; saving tells if somebody else was quicker.
  const [{ ticket, etag }] = useState({ ticket: shown, etag: newest })
  const rights = rightsToTicket(ticket, me)
  const form = useForm({
    initialValues: {
      title: ticket.title,
      ownerId: ticket.owner.id as string | null,
      expression: ticket.expression,
      dueDate: ticket.dueDate,
      reason: '',
    },
    validate: {
      title: (value) => (value.trim() === '' ? 'Give it a title that others find it by.' : null),
      ownerId: (value) => (value === null ? 'Choose who resolves it.' : null),
    },
  })
  const { values } = form
  const moves = values.dueDate !== ticket.dueDate && values.dueDate !== null
  const save = useMutation({
    mutationFn: ({ title, ownerId, expression, dueDate, reason }: typeof values) =>
      ask(
        api.PATCH('/tickets/{id}', {
          params: { path: { id: ticket.id }, header: { 'if-match': etag, 'idempotency-key': newIdempotencyKey() } },
          // Only what was changed: the rest may be somebody else's to say.
          body: {
            ...(title.trim() === ticket.title ? {} : { title: title.trim() }),
            ...(ownerId === null || ownerId === ticket.owner.id ? {} : { ownerId }),
            ...(expression === ticket.expression ? {} : { expression }),
            ...(dueDate === null || dueDate === ticket.dueDate ? {} : { dueDate }),
            ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
          },
        }),
      ),
    onSuccess: () => {
      done('The ticket is saved.')
      void client.invalidateQueries({ queryKey: ['tickets'] })
      onBack()
    },
    onError: (error) => form.setErrors(formFaults(error, FIELDS).fields),
  })
  const fault = save.error === null ? null : formFaults(save.error, FIELDS).rest
  return (
    <DetailsDrawer
      title="Edit Ticket"
      onClose={onClose}
      footer={
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
          <Button type="submit" form="ticket-edit" loading={save.isPending} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      }
    >
      <form id="ticket-edit" onSubmit={form.onSubmit((ready) => save.mutate(ready))} noValidate>
        <Stack gap="md">
          {fault !== null && (
            <Alert color="red" role="alert" py="xs">
              {fault}
            </Alert>
          )}
          <TextInput label="Title" withAsterisk data-autofocus maxLength={200} {...form.getInputProps('title')} />
          {rights.manage && (
            <OwnerSelect
              label="Owner"
              value={values.ownerId}
              current={ticket.owner}
              onChange={(id) => form.setFieldValue('ownerId', id)}
              error={form.errors['ownerId']}
            />
          )}
          {rights.changeQuery ? (
            <QueryEditor
              label="Query"
              value={values.expression}
              onChange={(text) => form.setFieldValue('expression', text)}
              faults={queryFaults(save.error)}
            />
          ) : (
            <div>
              <Text size="sm" fw={500}>
                Query
              </Text>
              <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {ticket.expression}
              </Code>
            </div>
          )}
          {rights.moveDueDate ? (
            <DateInput
              label="Due date"
              placeholder="None yet"
              valueFormat="D MMM YYYY"
              w={320}
              {...form.getInputProps('dueDate')}
            />
          ) : (
            <Text size="sm" c="dimmed">
              {ticket.deferredBy === null
                ? 'The due date, the query and the owner are for those who manage tickets. As the owner, ask for an exception instead.'
                : 'A deferral is in force: it alone moves the due date.'}
            </Text>
          )}
          {moves && (
            <Textarea
              label="Reason"
              description="Kept with the new due date."
              autosize
              minRows={2}
              maxLength={4_000}
              {...form.getInputProps('reason')}
            />
          )}
        </Stack>
      </form>
    </DetailsDrawer>
  )
}
