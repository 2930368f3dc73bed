import { Alert, Badge, Box, Code, Group, Progress, Stack, Table, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Report } from '../../api/schemas.js'
import { AwaitedDrawer } from '../../drawer/awaited-drawer.js'
import { DetailsDrawer } from '../../drawer/details-drawer.js'
import { countOf, numberText } from '../../table/count-text.js'
import { Time } from '../../time/time.js'
import { reportById } from './report-queries.js'
import { COUNTS, FORMATS, REPORT_STATUSES } from './report-words.js'

const MOST_ERRORS = 100

/** One report: what was in it, what became of it, and what was wrong with it. */
export function ReportDrawer() {
  const { id } = useParams({ from: '/reports/$id' })
  const navigate = useNavigate()
  const close = () => void navigate({ to: '/reports', search: true as never })
  const { data, error, refetch } = useQuery(reportById(id))
  if (data === undefined)
    return <AwaitedDrawer title="Report" error={error} retry={() => void refetch()} onClose={close} />
  const { word, color } = REPORT_STATUSES[data.status]
  return (
    <DetailsDrawer
      title={`Report of ${data.scanner}`}
      onClose={close}
      head={
        <Group gap="sm" mt={6}>
          <Badge color={color}>{word}</Badge>
          <Text size="sm" c="dimmed">
            {data.format === null ? '' : `${FORMATS[data.format]} · `}
            {data.asset ?? 'assets as it names them'}
            {data.partial ? ' · only a part of a scan' : ''}
          </Text>
        </Group>
      }
    >
      <Stack gap="lg">
        <Text size="sm">
          Received <Time at={data.receivedAt} />
          {data.finishedAt !== null && (
            <>
              , all taken in <Time at={data.finishedAt} />
            </>
          )}
          .
        </Text>
        {data.status === 'processing' && (
          <Box>
            <Progress value={100} striped animated aria-label="Being taken in" />
            <Text size="xs" c="dimmed" mt={4} aria-live="polite">
              It is being taken in. This shows by itself what becomes of it.
            </Text>
          </Box>
        )}
        {data.status === 'done' && <Counts report={data} />}
        <Faults report={data} />
      </Stack>
    </DetailsDrawer>
  )
}

function Counts({ report }: { report: Report }) {
  return (
    <Box component="section" aria-label="Findings">
      <Text component="h3" size="sm" fw={600} mb={8} mt={0}>
        {countOf(report.received, 'finding')}
      </Text>
      <Table fz="sm" aria-label="What became of the findings">
        <Table.Tbody>
          {COUNTS.map(([name, label, meaning]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500}>
                {label}
              </Table.Th>
              <Table.Td ta="right" w={90}>
                {numberText(report[name])}
              </Table.Td>
              <Table.Td c="dimmed">{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" mt="sm">
        {report.closed === 0
          ? 'Nothing was closed.'
          : `${countOf(report.closed, 'instance')} closed: this scanner no longer reports them there.`}
      </Text>
    </Box>
  )
}

function Faults({ report: { errors, status } }: { report: Report }) {
  if (errors.length === 0)
    return status === 'done' ? (
      <Alert color="teal" icon={<IconCircleCheck size={18} />} py="xs">
        Everything in it could be read.
      </Alert>
    ) : null
  return (
    <Box component="section" aria-label="Errors">
      <Text component="h3" size="sm" fw={600} mb={8} mt={0}>
        {errors.length < MOST_ERRORS ? countOf(errors.length, 'error') : `The first ${MOST_ERRORS} errors`}
      </Text>
      <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {errors.map(({ code, pointer, detail }) => (
          <li key={`${code}:${pointer}:${detail}`}>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {detail}
            </Text>
            <Group gap="xs">
              {pointer !== null && pointer !== '' && <Code style={{ overflowWrap: 'anywhere' }}>{pointer}</Code>}
              <Text size="xs" c="dimmed">
                {code}
              </Text>
            </Group>
          </li>
        ))}
      </Stack>
    </Box>
  )
}
