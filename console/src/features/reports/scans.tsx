import { Anchor, Badge, Box, Text, Tooltip } from '@mantine/core'
import { IconRadar } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Scan } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import type { Column } from '../../table/column.js'
import { numberText } from '../../table/count-text.js'
import { DataTable } from '../../table/data-table.js'
import { Time } from '../../time/time.js'
import { scanTable } from './report-queries.js'
import { SCAN_OUTCOMES } from './report-words.js'
import type { ReportsSearch } from './reports-search.js'

const COLUMNS: readonly Column<Scan>[] = [
  { id: 'scanner', label: 'Scanner', width: 140, always: true, cell: ({ scanner }) => scanner },
  {
    id: 'asset',
    label: 'Asset',
    width: 220,
    grows: true,
    cell: ({ asset }) => (
      <Anchor
        component={Link}
        to="/instances"
        search={{ filter: `asset.id == ${JSON.stringify(asset.id)}` } as never}
        size="sm"
        title={asset.name}
      >
        {asset.name}
      </Anchor>
    ),
  },
  {
    id: 'startedAt',
    label: 'First heard of',
    width: 130,
    sort: 'startedAt',
    cell: ({ startedAt }) => <Time at={startedAt} as="ago" />,
  },
  {
    id: 'outcome',
    label: 'Outcome',
    width: 120,
    cell: ({ outcome }) => {
      const { word, color, meaning } = SCAN_OUTCOMES[outcome]
      return (
        <Tooltip label={meaning}>
          <Badge color={color}>{word}</Badge>
        </Tooltip>
      )
    },
  },
  {
    id: 'arrived',
    label: 'Arrived',
    width: 130,
    align: 'right',
    cell: ({ arrived, announced }) => (
      <>
        {numberText(arrived)}{' '}
        {announced !== null && (
          <Text span size="xs" c="dimmed">
            of {numberText(announced)}
          </Text>
        )}
      </>
    ),
  },
  {
    id: 'rejected',
    label: 'Rejected',
    width: 92,
    align: 'right',
    cell: ({ rejected }) => (rejected === 0 ? '–' : numberText(rejected)),
  },
  { id: 'closed', label: 'Closed', width: 84, align: 'right', cell: ({ closed }) => numberText(closed) },
  {
    id: 'report',
    label: 'Report',
    width: 90,
    cell: ({ reportId }) =>
      reportId === null ? (
        <Text span inherit c="dimmed" title="It came as events">
          Events
        </Text>
      ) : (
        <Anchor component={Link} to={`/reports/${reportId}`} size="sm">
          Open
        </Anchor>
      ),
  },
]
const VISIBLE = Object.fromEntries(COLUMNS.map(({ id }) => [id, true]))

/** What each scanner sent, the newest first, and whether it was whole. */
export function Scans() {
  const search = useSearch({ from: '/reports' })
  const navigate = useNavigate()
  const table = useInfiniteQuery(scanTable(search.sort))
  const rows = useMemo(() => table.data?.pages.flatMap(({ items }) => items) ?? [], [table.data])
  if (table.error !== null && rows.length === 0)
    return (
      <Box p="md">
        <ProblemNotice error={table.error} retry={() => void table.refetch()} />
      </Box>
    )
  return (
    <DataTable
      label="Scans"
      columns={COLUMNS}
      visible={VISIBLE}
      rows={rows}
      rowId={({ scanner, asset, scanId }) => `${scanner}\n${asset.id}\n${scanId}`}
      count={table.data?.pages[0]?.count}
      loading={table.isPending}
      more={{ has: table.hasNextPage, loading: table.isFetchingNextPage, load: () => void table.fetchNextPage() }}
      sort={search.sort ?? '-startedAt'}
      onSort={(sort) =>
        void navigate({
          to: '.',
          search: (({ sort: _, ...rest }: ReportsSearch) => (sort === undefined ? rest : { ...rest, sort })) as never,
          replace: true,
        })
      }
      onOpen={({ asset }) =>
        void navigate({
          to: '/instances',
          search: { filter: `asset.id == ${JSON.stringify(asset.id)}` } as never,
        })
      }
      empty={<EmptyState icon={IconRadar} title="No scans yet" text="A scan is told of with its first finding." />}
    />
  )
}
