import {
  Badge,
  Box,
  Button,
  Chip,
  Code,
  Group,
  Modal,
  Skeleton,
  Stack,
  Table,
  Text,
  Textarea,
  UnstyledButton,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconMailOff } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import { messageOf } from '../../api/problem.js'
import type { DeadLetter, Page } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { done, refused } from '../../feedback/toast.js'
import { Time } from '../../time/time.js'
import { usePages } from '../settings/use-pages.js'

const PAGE = 50

const CAUSES: Readonly<Record<DeadLetter['cause']['code'], string>> = {
  RECORD_UNREADABLE: 'Cannot be read',
  RECORD_REFUSED: 'Refused',
  CONSUMER_FAILED: 'The consumer failed',
}
const STATES: Readonly<Record<DeadLetter['state'], readonly [word: string, color: string]>> = {
  dead: ['Dead', 'red'],
  redriven: ['Redriven', 'teal'],
  discarded: ['Discarded', 'gray'],
}

/** Records that a consumer could not handle: why, and another try once the cause is mended. */
export function DeadLetters() {
  const client = useQueryClient()
  const [all, setAll] = useState(false)
  const [open, setOpen] = useState<string | null>(null)
  const [discarding, setDiscarding] = useState<string | null>(null)
  const list = usePages<DeadLetter>(
    ['deadLetters', 'list', all],
    (cursor, signal) =>
      ask(
        api.GET('/dead-letters', {
          params: { query: { limit: PAGE, ...(all ? {} : { state: ['dead'] }), ...cursor } as never },
          signal,
        }),
      ) as Promise<Page<DeadLetter>>,
  )
  const redrive = useMutation({
    mutationFn: (id: string) =>
      ask(
        api.POST('/dead-letters/{id}/redrive', {
          params: { path: { id }, header: { 'idempotency-key': newIdempotencyKey() } },
          body: {},
        }),
      ),
    onSuccess: ({ consumer }) => {
      done(`It is on its way to ${consumer} again.`)
      void client.invalidateQueries({ queryKey: ['deadLetters'] })
    },
    onError: refused,
  })
  return (
    <Box p="var(--page-padding)" pt="sm" style={{ overflow: 'auto' }}>
      <Group mb="sm" gap="sm">
        <Chip size="xs" checked={all} onChange={setAll}>
          Settled ones, too
        </Chip>
      </Group>
      {list.rows === undefined ? (
        list.error === null ? (
          <Skeleton height={160} />
        ) : (
          <ProblemNotice error={list.error} retry={list.retry} />
        )
      ) : list.rows.length === 0 ? (
        <EmptyState
          icon={IconMailOff}
          title="No dead letters"
          text="What a consumer cannot handle is kept here with its cause, until it is tried again or discarded."
        />
      ) : (
        <Table.ScrollContainer minWidth={820} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table fz="sm" aria-label="Dead letters">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Record</Table.Th>
                <Table.Th>Consumer</Table.Th>
                <Table.Th>Cause</Table.Th>
                <Table.Th ta="right">Failures</Table.Th>
                <Table.Th>Failed</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th ta="right">Actions</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {list.rows.map((letter) => (
                <Fragment key={letter.id}>
                  <Table.Tr>
                    <Table.Td>
                      <UnstyledButton
                        fz="sm"
                        fw={500}
                        aria-expanded={open === letter.id}
                        onClick={() => setOpen(open === letter.id ? null : letter.id)}
                      >
                        {letter.topic}
                      </UnstyledButton>
                      <Text size="xs" c="dimmed" truncate maw={220} title={letter.key}>
                        {letter.key}
                      </Text>
                    </Table.Td>
                    <Table.Td>{letter.consumer}</Table.Td>
                    <Table.Td maw={320}>
                      {CAUSES[letter.cause.code]}
                      <Text size="xs" c="dimmed" lineClamp={2} title={letter.cause.message}>
                        {letter.cause.message}
                      </Text>
                    </Table.Td>
                    <Table.Td ta="right">{letter.failures}</Table.Td>
                    <Table.Td>
                      <Time at={letter.failedAt} as="ago" />
                    </Table.Td>
                    <Table.Td>
                      <Badge color={STATES[letter.state][1]}>{STATES[letter.state][0]}</Badge>
                    </Table.Td>
                    <Table.Td>
                      {letter.state === 'dead' && (
                        <Group gap={4} wrap="nowrap" justify="flex-end">
                          <Button
                            variant="default"
                            size="compact-xs"
                            loading={redrive.isPending && redrive.variables === letter.id}
                            onClick={() => redrive.mutate(letter.id)}
                          >
                            Redrive
                          </Button>
                          <Button
                            variant="subtle"
                            color="red"
                            size="compact-xs"
                            onClick={() => setDiscarding(letter.id)}
                          >
                            Discard
                          </Button>
                        </Group>
                      )}
                    </Table.Td>
                  </Table.Tr>
                  {open === letter.id && (
                    <Table.Tr>
                      <Table.Td colSpan={7}>
                        <Content id={letter.id} />
                      </Table.Td>
                    </Table.Tr>
                  )}
                </Fragment>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {list.more.has && (
        <Button variant="default" size="xs" mt="sm" loading={list.more.loading} onClick={list.more.load}>
          Show more
        </Button>
      )}
      {discarding !== null && <DiscardDialog id={discarding} onClose={() => setDiscarding(null)} />}
    </Box>
  )
}

/** What the record says, as far as it can be shown. */
function Content({ id }: { id: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['deadLetters', 'one', id],
    queryFn: ({ signal }) => ask(api.GET('/dead-letters/{id}', { params: { path: { id } }, signal })),
  })
  if (isPending) return <Skeleton height={80} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  return (
    <Stack gap={6} pb="sm">
      <Text size="xs" c="dimmed">
        Partition {data.partition}, offset {data.offset}, published <Time at={data.publishedAt} />.
        {data.settled !== null && (
          <>
            {' '}
            {STATES[data.state][0]} by {data.settled.by.name}
            {data.settled.reason === null ? '' : `: ${data.settled.reason}`}
          </>
        )}
      </Text>
      <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
        {data.cause.message}
      </Text>
      <Code block mah={280} tabIndex={0} style={{ overflow: 'auto' }}>
        {data.body.content}
        {data.body.truncated ? ' …' : ''}
      </Code>
    </Stack>
  )
}

function DiscardDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const client = useQueryClient()
  const form = useForm({
    initialValues: { reason: '' },
    validate: { reason: (value) => (value.trim() === '' ? 'Say why: it stays with it.' : null) },
  })
  const discard = useMutation({
    mutationFn: ({ reason }: { reason: string }) =>
      ask(
        api.POST('/dead-letters/{id}/discard', {
          params: { path: { id }, header: { 'idempotency-key': newIdempotencyKey() } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: () => {
      done('It is discarded.')
      void client.invalidateQueries({ queryKey: ['deadLetters'] })
      onClose()
    },
    onError: (error) => form.setErrors({ reason: messageOf(error) }),
  })
  return (
    <Modal opened onClose={onClose} title="Discard this record?" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={form.onSubmit((values) => discard.mutate(values))} noValidate>
        <Stack>
          <Text size="sm">Its consumer will never handle it. It stays readable until it is forgotten.</Text>
          <Textarea
            label="Reason"
            withAsterisk
            autosize
            minRows={2}
            maxLength={1_000}
            data-autofocus
            {...form.getInputProps('reason')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red.9" loading={discard.isPending}>
              Discard
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
