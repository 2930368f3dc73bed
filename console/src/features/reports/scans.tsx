import { Anchor, Badge, Box, Group, Select, Text, Tooltip } from '@mantine/core'
import { IconRadar } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Scan } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { changedSearch, type SearchChange } from '../../table/changed-search.js'
import type { Column } from '../../table/column.js'
import { numberText } from '../../table/count-text.js'
import { DataTable } from '../../table/data-table.js'
import { FindInput } from '../../table/find-input.js'
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
  const table = useInfiniteQuery(scanTable(search))
  const rows = useMemo(() => table.data?.pages.flatMap(({ items }) => items) ?? [], [table.data])
  const change = (changes: SearchChange<ReportsSearch>) =>
    void navigate({
      to: '.',
      search: ((before: ReportsSearch) => changedSearch(before, changes)) as never,
      replace: true,
    })
  const narrowed = search.scanner !== undefined || search.outcome !== undefined
  return (
    <>
      <Group px="var(--page-padding)" pb="xs" gap="xs">
        <FindInput
          label="Scanner"
          placeholder="Scanner’s whole name"
          text={search.scanner}
          onLook={(scanner) => change({ scanner })}
        />
        <Select
          size="xs"
          w={150}
          aria-label="Outcome"
          placeholder="Any outcome"
          clearable
          clearButtonProps={{ 'aria-label': 'Any outcome' }}
          data={Object.entries(SCAN_OUTCOMES).map(([value, { word }]) => ({ value, label: word }))}
          value={search.outcome ?? null}
          onChange={(outcome) => change({ outcome: (outcome ?? undefined) as Scan['outcome'] | undefined })}
        />
      </Group>
      {table.error !== null && rows.length === 0 ? (
        <Box px="var(--page-padding)">
          <ProblemNotice error={table.error} retry={() => void table.refetch()} />
        </Box>
      ) : (
        <DataTable
          label="Scans"
          noun="scan"
          columns={COLUMNS}
          visible={VISIBLE}
          rows={rows}
          rowId={({ scanner, asset, scanId }) => `${scanner}\n${asset.id}\n${scanId}`}
          count={table.data?.pages[0]?.count}
          loading={table.isPending}
          more={{ has: table.hasNextPage, loading: table.isFetchingNextPage, load: () => void table.fetchNextPage() }}
          sort={search.sort ?? '-startedAt'}
          onSort={(sort) => change({ sort })}
          onOpen={({ asset }) =>
            void navigate({
              to: '/instances',
              search: { filter: `asset.id == ${JSON.stringify(asset.id)}` } as never,
            })
          }
          empty={
            narrowed ? (
              <EmptyState
                icon={IconRadar}
                title="No scan matches"
                text="Take a filter away, or give the scanner’s whole name."
              />
            ) : (
              <EmptyState icon={IconRadar} title="No scans yet" text="A scan is told of with its first finding." />
            )
          }
        />
      )}
    </>
  )
}
