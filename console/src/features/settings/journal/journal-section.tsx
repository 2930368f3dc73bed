import { Alert, Badge, Box, Button, Code, Group, Skeleton, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDownload, IconHistory, IconShieldCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { api, ask } from '../../../api/client.js'
import type { AuditEntry, Page } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { ProblemNotice } from '../../../feedback/problem-notice.js'
import { refused } from '../../../feedback/toast.js'
import { countText, numberText } from '../../../table/count-text.js'
import { Time } from '../../../time/time.js'
import { usePages } from '../use-pages.js'

const PAGE = 50

interface JournalFilter {
  type?: string[]
  from?: string
  to?: string
}

const startOf = (day: string) => new Date(`${day}T00:00:00`).toISOString()

/** All that was ever changed, by whom and when, the newest first. */
export function JournalSection() {
  const [type, setType] = useState('')
  const [from, setFrom] = useState<string | null>(null)
  const [to, setTo] = useState<string | null>(null)
  const [looked] = useDebouncedValue(type.trim(), 300)
  const filter: JournalFilter = {
    ...(looked === '' ? {} : { type: [looked] }),
    ...(from === null ? {} : { from: startOf(from) }),
    ...(to === null ? {} : { to: startOf(to) }),
  }
  const list = usePages<AuditEntry>(
    ['audit', 'list', filter],
    (cursor, signal) =>
      ask(
        api.GET('/audit', { params: { query: { limit: PAGE, ...filter, ...cursor } }, signal }),
      ) as unknown as Promise<Page<AuditEntry>>,
  )
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2}>Journal</Title>
          <Text size="sm" c="dimmed" maw={640}>
            Every change, by whom and when. Entries hold together by their hashes: none can be taken out or altered
            without being noticed.
          </Text>
        </div>
        <Verification />
      </Group>
      <Group gap="xs" align="flex-end">
        <TextInput
          label="What happened"
          placeholder="exception.activated"
          size="xs"
          w={220}
          maxLength={100}
          value={type}
          onChange={({ currentTarget }) => setType(currentTarget.value)}
        />
        <Day label="From" value={from} onChange={setFrom} />
        <Day label="Before" value={to} onChange={setTo} />
        <Download filter={filter} />
      </Group>
      {list.rows === undefined ? (
        list.error === null ? (
          <Skeleton height={240} />
        ) : (
          <ProblemNotice error={list.error} retry={list.retry} />
        )
      ) : list.rows.length === 0 ? (
        <EmptyState icon={IconHistory} title="No entry matches" text="Take a filter away, or look at other days." />
      ) : (
        <Entries entries={list.rows} />
      )}
      <Group gap="sm">
        {list.more.has && (
          <Button variant="default" size="xs" loading={list.more.loading} onClick={list.more.load}>
            Show more
          </Button>
        )}
        {list.count !== undefined && list.rows !== undefined && (
          <Text size="xs" c="dimmed" className="figures">
            {numberText(list.rows.length)} of {countText(list.count)}
          </Text>
        )}
      </Group>
    </Stack>
  )
}

function Day({
  label,
  value,
  onChange,
}: {
  label: string
  value: string | null
  onChange: (day: string | null) => void
}) {
  return (
    <DateInput
      label={label}
      placeholder="Any day"
      valueFormat="D MMM YYYY"
      size="xs"
      w={150}
      clearable
      clearButtonProps={{ 'aria-label': `${label}: any day` }}
      value={value}
      onChange={onChange}
    />
  )
}

/** Everything that the filter selects, as a file. The browser keeps it, so that its size does not matter. */
function Download({ filter }: { filter: JournalFilter }) {
  const save = useMutation({
    mutationFn: async () => {
      const text = await ask(
        api.GET('/audit', {
          params: { query: filter },
          headers: { accept: 'text/csv' },
          parseAs: 'blob',
        }),
      )
      const address = URL.createObjectURL(text as unknown as Blob)
      const link = document.createElement('a')
      link.href = address
      link.download = 'journal.csv'
      link.click()
      URL.revokeObjectURL(address)
    },
    onError: refused,
  })
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={14} />}
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      CSV
    </Button>
  )
}

function Entries({ entries }: { entries: readonly AuditEntry[] }) {
  const [open, setOpen] = useState<string | null>(null)
  return (
    <Box style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label="Entries">
      <Table fz="sm" miw={680} aria-label="Journal">
        <Table.Thead>
          <Table.Tr>
            <Table.Th ta="right">No.</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th>Who</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Of</Table.Th>
            <Table.Th ta="right">Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Fragment key={entry.id}>
              <Table.Tr>
                <Table.Td ta="right" className="figures">
                  {numberText(entry.position)}
                </Table.Td>
                <Table.Td>
                  <Time at={entry.at} />
                </Table.Td>
                <Table.Td>{entry.actor?.name ?? 'The system'}</Table.Td>
                <Table.Td>
                  <Code>{entry.type}</Code>
                </Table.Td>
                <Table.Td miw={180} style={{ overflowWrap: 'anywhere' }}>
                  {entry.subject.name ?? entry.subject.id}
                </Table.Td>
                <Table.Td ta="right">
                  {entry.details.changes.length > 0 && (
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-expanded={open === entry.id}
                      aria-label={`${fieldsText(entry)} changed by entry ${entry.position}`}
                      onClick={() => setOpen(open === entry.id ? null : entry.id)}
                    >
                      {fieldsText(entry)}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
              {open === entry.id && (
                <Table.Tr>
                  <Table.Td />
                  <Table.Td colSpan={5}>
                    <Changes entry={entry} />
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  )
}

const fieldsText = ({ details }: AuditEntry): string =>
  `${details.changes.length} ${details.changes.length === 1 ? 'field' : 'fields'}`

const shown = (value: unknown): string =>
  value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)

function Changes({ entry }: { entry: AuditEntry }) {
  return (
    <Stack gap={6} pb={4}>
      {entry.details.changes.map(({ field, from, to }) => (
        <Box key={field} fz="xs">
          <Text size="xs" fw={600}>
            {field}
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {shown(from)} → {shown(to)}
          </Text>
        </Box>
      ))}
      <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        SHA-256 {entry.hash}
      </Text>
    </Stack>
  )
}

/** Follows the chain from its beginning, part by part. */
function Verification() {
  const [checked, setChecked] = useState(0)
  const verify = useMutation({
    mutationFn: async () => {
      setChecked(0)
      let sum = 0
      for (let after: number | undefined; ; ) {
        const part = await ask(
          api.GET('/audit/verification', { params: { query: after === undefined ? {} : { after } } }),
        )
        sum += part.checked
        setChecked(sum)
        if (!part.intact || part.next === null) return { ...part, checked: sum }
        after = part.next
      }
    },
    onError: refused,
  })
  const { data } = verify
  return (
    <Stack gap={6} align="flex-end" aria-live="polite">
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={16} />}
        loading={verify.isPending}
        onClick={() => verify.mutate()}
      >
        Verify
      </Button>
      {verify.isPending && checked > 0 && (
        <Text size="xs" c="dimmed" className="figures">
          {numberText(checked)} entries so far
        </Text>
      )}
      {data?.intact === true && <Badge color="teal">{numberText(data.checked)} entries are intact</Badge>}
      {data?.fault != null && (
        <Alert color="red" py="xs" role="alert">
          Entry {numberText(data.fault.position)} {data.fault.what === 'missing' ? 'is missing' : 'was changed'}.
        </Alert>
      )}
    </Stack>
  )
}
