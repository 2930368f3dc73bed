import { Box, Button, Group, Select, Text } from '@mantine/core'
import { IconBug, IconBugOff, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { RowSelectionState } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { queryFaults } from '../../query-editor/query-editor.js'
import { useMay } from '../../session/me.js'
import { PageHeader } from '../../shell/page-header.js'
import { changedSearch, type SearchChange } from '../../table/changed-search.js'
import { ColumnMenu } from '../../table/column-menu.js'
import { countText } from '../../table/count-text.js'
import { CountedTabs } from '../../table/counted-tabs.js'
import { DataTable } from '../../table/data-table.js'
import { useColumnChoice } from '../../table/use-columns.js'
import { INSTANCE_COLUMNS } from './instance-columns.js'
import { InstanceFilter } from './instance-filter.js'
import { instanceCount, instanceTable } from './instance-queries.js'
import { COVERAGES, type InstanceStatus, type InstancesSearch, instanceFilterOf } from './instances-search.js'
import { SelectionBar } from './selection-bar.js'

/** Vulnerability Instances: everything that scanners found, with whatever is open over it. */
export function InstancesPage() {
  const search = useSearch({ from: '/instances' })
  return (
    <Box h="100%" display="flex" style={{ flexDirection: 'column' }}>
      <PageHeader title="Vulnerability Instances" actions={<FilterActions filter={search.filter} />}>
        What all scanners found: one vulnerability on one asset each.
      </PageHeader>
      <InstanceList search={search} />
      <Outlet />
    </Box>
  )
}

/** What can be done with all that the filter selects, also later. */
function FilterActions({ filter }: { filter: string | undefined }) {
  const mayRequest = useMay('exceptions.request')
  const mayTicket = useMay('tickets.write', 'tickets.manage')
  const maySave = useMay('queries.write')
  const search = (filter === undefined ? {} : { expression: filter }) as never
  return (
    <>
      {maySave && filter !== undefined && (
        <Button component={Link} to="/queries/new" search={search} variant="subtle">
          Save as a query
        </Button>
      )}
      {mayTicket && filter !== undefined && (
        <Button component={Link} to="/tickets/new" search={search} variant="default">
          Create Ticket
        </Button>
      )}
      {mayRequest && (
        <Button component={Link} to="/exceptions/new" search={search} leftSection={<IconPlus size={16} />}>
          Create Exception
        </Button>
      )}
    </>
  )
}

function InstanceList({ search }: { search: InstancesSearch }) {
  const params = useParams({ strict: false }) as { id?: string }
  const navigate = useNavigate()
  const [selection, setSelection] = useState<RowSelectionState>({})
  const choice = useColumnChoice('instances', INSTANCE_COLUMNS)
  const table = useInfiniteQuery(instanceTable(instanceFilterOf(search)))
  const rows = useMemo(() => table.data?.pages.flatMap(({ items }) => items) ?? [], [table.data])
  const change = (changes: SearchChange<InstancesSearch>) =>
    void navigate({
      to: '.',
      search: ((before: InstancesSearch) => changedSearch(before, changes)) as never,
      replace: true,
    })
  const filtered = search.filter !== undefined || search.coverage !== undefined || search.status !== undefined
  const selected = rows.filter(({ id }) => selection[id]).map(({ id }) => id)
  // The editor shows it at its place.
  const isFilters = queryFaults(table.error, '/filter').length > 0

  return (
    <>
      <CoverageTabs search={search} onChange={change} />
      <Group px="var(--page-padding)" py="xs" gap="xs" justify="space-between" align="flex-start">
        <InstanceFilter search={search} onChange={change} />
        <Group gap="xs" wrap="nowrap">
          <Select
            size="xs"
            w={104}
            aria-label="Status"
            allowDeselect={false}
            data={[
              { value: 'open', label: 'Open' },
              { value: 'closed', label: 'Closed' },
              { value: 'all', label: 'All' },
            ]}
            value={search.status ?? 'open'}
            onChange={(status) => change({ status: status === 'open' ? undefined : (status as InstanceStatus) })}
          />
          <ColumnMenu columns={INSTANCE_COLUMNS} choice={choice} />
        </Group>
      </Group>
      {table.error !== null && rows.length === 0 ? (
        <Box px="var(--page-padding)" py="md">
          {isFilters ? (
            <Text size="sm" c="dimmed">
              The filter has a fault. It is told above, at its place.
            </Text>
          ) : (
            <ProblemNotice error={table.error} retry={() => void table.refetch()} />
          )}
        </Box>
      ) : (
        <DataTable
          label="Instances"
          noun="instance"
          columns={INSTANCE_COLUMNS}
          visible={choice.visible}
          rows={rows}
          rowId={({ id }) => id}
          count={table.data?.pages[0]?.count}
          loading={table.isPending}
          more={{
            has: table.hasNextPage,
            loading: table.isFetchingNextPage,
            load: () => void table.fetchNextPage(),
          }}
          sort={search.sort ?? '-severity'}
          onSort={(sort) => change({ sort })}
          onOpen={({ id }) => void navigate({ to: '/instances/$id', params: { id }, search: true as never })}
          openId={params.id}
          selection={selection}
          onSelection={setSelection}
          empty={filtered ? <NothingMatches /> : <NothingYet />}
        />
      )}
      {selected.length > 0 && <SelectionBar ids={selected} onClear={() => setSelection({})} />}
    </>
  )
}

function NothingMatches() {
  return (
    <EmptyState
      icon={IconBugOff}
      title="No instance matches"
      text="Take a condition away, or look at closed ones too."
      action={
        <Button variant="default" component={Link} to="/instances">
          Show all
        </Button>
      }
    />
  )
}

function NothingYet() {
  const mayPublish = useMay('instances.publish')
  return (
    <EmptyState
      icon={IconBug}
      title="Nothing was found yet"
      text="Instances come from the reports of scanners."
      action={
        mayPublish ? (
          <Button component={Link} to="/reports">
            Import a report
          </Button>
        ) : null
      }
    />
  )
}

interface CoverageTabsProps {
  search: InstancesSearch
  onChange: (changes: SearchChange<InstancesSearch>) => void
}

const WORDS = { uncovered: 'Uncovered', covered: 'Covered', deferred: 'Deferred' } as const

function CoverageTabs({ search, onChange }: CoverageTabsProps) {
  const { coverage: _, sort: __, ...rest } = instanceFilterOf(search)
  const counts = useQueries({
    queries: [undefined, ...COVERAGES].map((coverage) =>
      instanceCount({ ...rest, ...(coverage === undefined ? {} : { coverage }) }),
    ),
  })
  const count = (index: number) => {
    const found = counts[index]
    return found?.data === undefined || found.error !== null ? '' : countText(found.data)
  }
  return (
    <CountedTabs
      label="Coverage"
      value={search.coverage ?? 'all'}
      onChange={(coverage) => onChange({ coverage: coverage === 'all' ? undefined : coverage })}
      tabs={(['all', ...COVERAGES] as const).map((name, index) => ({
        name,
        word: name === 'all' ? 'All' : WORDS[name],
        count: count(index),
      }))}
    />
  )
}
