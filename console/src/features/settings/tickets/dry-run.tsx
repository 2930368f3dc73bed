import { Alert, Button, Group, Paper, Select, Stack, Text } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../../api/client.js'
import { messageOf } from '../../../api/problem.js'
import type { NewTicketException } from '../../../api/schemas.js'
import { USE_CASE_CHOICES } from '../../tickets/use-case.js'
import { CandidateSelect } from '../reviewers/candidate-select.js'

/** Says who would review a request, by the rules as they are saved. Nothing is requested. */
export function DryRun() {
  const [ticketId, setTicketId] = useState<string | null>(null)
  const [requesterId, setRequesterId] = useState<string | null>(null)
  const [date, setDate] = useState<string | null>(null)
  const [useCase, setUseCase] = useState<string | null>('technicalLimitation')
  const [text, setText] = useState('')
  const [looked] = useDebouncedValue(text.trim(), 200)
  const tickets =
    useQuery({
      queryKey: ['tickets', 'choice', looked],
      queryFn: async ({ signal }) =>
        (
          await ask(
            api.GET('/tickets', {
              params: { query: { status: ['open'], limit: 50, ...(looked === '' ? {} : { text: [looked] }) } },
              signal,
            }),
          )
        ).items,
    }).data ?? []
  const run = useMutation({
    mutationFn: (body: { ticketId: string; requesterId: string; proposedDueDate: string }) =>
      ask(
        api.POST('/settings/exceptions/dry-run', {
          params: { header: { 'idempotency-key': newIdempotencyKey() } },
          body: { ...body, ...(useCase === null ? {} : { useCase: useCase as NewTicketException['useCase'] }) },
        }),
      ),
  })
  const ready = ticketId !== null && requesterId !== null && date !== null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) run.mutate({ ticketId, requesterId, proposedDueDate: date })
  }
  return (
    <Paper withBorder p="md" component="section" aria-label="Dry run">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <div>
            <Text fw={600}>Dry run</Text>
            <Text size="sm" c="dimmed">
              Who would review it, by the rules as they are saved. Nothing is requested.
            </Text>
          </div>
          <Group align="flex-start">
            <Select
              label="Ticket"
              placeholder="An open ticket"
              searchable
              searchValue={text}
              onSearchChange={setText}
              nothingFoundMessage="No open ticket is called so."
              data={tickets.map(({ id, title }) => ({ value: id, label: title }))}
              value={ticketId}
              onChange={setTicketId}
              w={320}
            />
            <CandidateSelect label="Requester" people value={requesterId} onChange={setRequesterId} w={220} />
            <DateInput
              label="Proposed due date"
              placeholder="Choose a day"
              valueFormat="D MMM YYYY"
              value={date}
              onChange={setDate}
              w={170}
            />
            <Select label="Use case" data={USE_CASE_CHOICES} value={useCase} onChange={setUseCase} w={240} />
          </Group>
          <Group>
            <Button type="submit" variant="default" disabled={!ready} loading={run.isPending}>
              Try it
            </Button>
          </Group>
          <div aria-live="polite">
            {run.data !== undefined && !run.isPending && (
              <Alert color="teal" py="xs">
                {run.data.reviewer.name} would review it
                {run.data.rule === null ? ', because no rule holds' : `, by the rule “${run.data.rule}”`}.
              </Alert>
            )}
            {run.error !== null && (
              <Alert color="red" py="xs">
                {messageOf(run.error)}
              </Alert>
            )}
          </div>
        </Stack>
      </form>
    </Paper>
  )
}
