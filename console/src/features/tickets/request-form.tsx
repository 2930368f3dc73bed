import { Alert, Button, Checkbox, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { formFaults } from '../../api/problem.js'
import type { NewTicketException, Ticket } from '../../api/schemas.js'
import { useDraft } from '../../drafts/use-draft.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { done } from '../../feedback/toast.js'
import { EvidenceFilesInput } from '../create-exception/evidence-files-input.js'
import type { UploadedFile } from '../create-exception/request-values.js'
import { dayAfter, dayText } from './day-text.js'
import { USE_CASE_CHOICES } from './use-case.js'

interface Values {
  useCase: NewTicketException['useCase'] | null
  justification: string
  proposedDueDate: string | null
  evidenceLink: string
  evidence: UploadedFile[]
  riskAcknowledged: boolean
}

const EMPTY: Values = {
  useCase: null,
  justification: '',
  proposedDueDate: null,
  evidenceLink: '',
  evidence: [],
  riskAcknowledged: false,
}
const FIELDS = ['useCase', 'justification', 'proposedDueDate', 'evidenceLink', 'evidence', 'riskAcknowledged']
const ALIASES = { '/evidenceIds': 'evidence' }

interface RequestFormProps {
  ticket: Ticket
  onBack: () => void
  onClose: () => void
}

/** Asks for a later due date. The settings' rules find who reviews it. */
export function RequestForm({ ticket, onBack, onClose }: RequestFormProps) {
  const client = useQueryClient()
  const draft = useDraft<Values>(`ticket-request:${ticket.id}`)
  // The same for every attempt to send the same request: a lost answer makes no second one.
  const [attempt, setAttempt] = useState(newIdempotencyKey)
  const today = new Date().toISOString().slice(0, 10)
  const earliest = dayAfter(ticket.dueDate !== null && ticket.dueDate > today ? ticket.dueDate : today)
  const form = useForm<Values>({
    initialValues: { ...EMPTY, ...draft.read(), riskAcknowledged: false },
    validate: {
      useCase: (value) => (value === null ? 'Say what it is about.' : null),
      justification: (value) => (value.trim() === '' ? 'Say why it cannot be resolved in time.' : null),
      proposedDueDate: (value) =>
        value === null ? 'Choose a day.' : value < earliest ? `Must be on ${dayText(earliest)} or later.` : null,
      evidenceLink: (value) =>
        value.trim() !== '' && !/^https?:\/\/\S+$/i.test(value.trim())
          ? 'A link begins with https:// or http://.'
          : null,
      riskAcknowledged: (value) => (value ? null : 'Acknowledge the risk to go on.'),
    },
    onValuesChange: (values) => {
      draft.keep(values)
      setAttempt(newIdempotencyKey())
    },
  })
  const send = useMutation({
    mutationFn: ({ useCase, justification, proposedDueDate, evidenceLink, evidence }: Values) =>
      ask(
        api.POST('/tickets/{id}/exceptions', {
          params: { path: { id: ticket.id }, header: { 'idempotency-key': attempt } },
          body: {
            useCase: useCase ?? 'other',
            justification: justification.trim(),
            proposedDueDate: proposedDueDate ?? '',
            riskAcknowledged: true,
            ...(evidenceLink.trim() === '' ? {} : { evidenceLink: evidenceLink.trim() }),
            ...(evidence.length === 0 ? {} : { evidenceIds: evidence.map(({ id }) => id) }),
          },
        }),
      ),
    onSuccess: ({ waitingFor }) => {
      draft.drop()
      done(`The request waits for ${waitingFor?.name ?? 'its reviewer'}.`)
      void client.invalidateQueries({ queryKey: ['tickets'] })
      void client.invalidateQueries({ queryKey: ['exceptions'] })
      onBack()
    },
    onError: (error) => {
      setAttempt(newIdempotencyKey())
      form.setErrors(formFaults(error, FIELDS, ALIASES).fields)
    },
  })
  const fault = send.error === null ? null : formFaults(send.error, FIELDS, ALIASES).rest
  return (
    <DetailsDrawer
      title="Request Exception"
      onClose={onClose}
      head={
        <Text size="sm" c="dimmed" mt={2}>
          {ticket.title}
          {ticket.dueDate === null ? '' : ` · due on ${dayText(ticket.dueDate)}`}
        </Text>
      }
      footer={
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
          <Button type="submit" form="ticket-request" loading={send.isPending}>
            Submit for review
          </Button>
        </Group>
      }
    >
      <form id="ticket-request" onSubmit={form.onSubmit((values) => send.mutate(values))} noValidate>
        <Stack gap="md">
          {fault !== null && (
            <Alert color="red" role="alert" py="xs">
              {fault}
            </Alert>
          )}
          <Select
            label="Use case"
            placeholder="What it is about"
            withAsterisk
            data-autofocus
            data={USE_CASE_CHOICES}
            {...form.getInputProps('useCase')}
          />
          <Textarea
            label="Justification"
            description="What keeps you from resolving it in time, what protects it meanwhile, and what comes next."
            withAsterisk
            autosize
            minRows={3}
            maxRows={12}
            maxLength={10_000}
            {...form.getInputProps('justification')}
          />
          <DateInput
            label="Proposed due date"
            description="Approved, the ticket is due on this day, and its instances are deferred until then."
            placeholder="Choose a day"
            withAsterisk
            valueFormat="D MMM YYYY"
            minDate={earliest}
            maw={460}
            {...form.getInputProps('proposedDueDate')}
          />
          <TextInput
            label="Evidence link"
            placeholder="https://…"
            type="url"
            maxLength={2_000}
            {...form.getInputProps('evidenceLink')}
          />
          <EvidenceFilesInput
            files={form.values.evidence}
            onAdd={(file) => form.setFieldValue('evidence', (before) => [...before, file])}
            onRemove={(id) => form.setFieldValue('evidence', (before) => before.filter((file) => file.id !== id))}
            error={form.errors['evidence']}
          />
          <Checkbox
            label="I acknowledge the risk: what the ticket is about stays vulnerable until it is resolved."
            {...form.getInputProps('riskAcknowledged', { type: 'checkbox' })}
          />
        </Stack>
      </form>
    </DetailsDrawer>
  )
}
