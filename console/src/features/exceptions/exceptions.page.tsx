import { ActionIcon, Box, Button, Group, Menu, Text, Tooltip } from '@mantine/core'
import { IconDownload, IconPlus, IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { RowSelectionState } from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { useMay, useMe } from '../../session/me.js'
import { PageHeader } from '../../shell/page-header.js'
import { changedSearch, type SearchChange } from '../../table/changed-search.js'
import { ColumnMenu } from '../../table/column-menu.js'
import { countText } from '../../table/count-text.js'
import { CountedTabs } from '../../table/counted-tabs.js'
import { DataTable } from '../../table/data-table.js'
import { useColumnChoice } from '../../table/use-columns.js'
import { WaitingList } from '../home/waiting-list.js'
import { BulkBar } from './bulk-bar.js'
import { EXCEPTION_COLUMNS } from './exception-columns.js'
import { ExceptionFilters } from './exception-filters.js'
import { exceptionList, exceptionTable } from './exception-queries.js'
import { type ExceptionsSearch, filterOf } from './exceptions-search.js'
import { STATUS_NAMES, statusWord } from './status.js'

/** Exception Management: the Exception Table, with whatever is open over it. */
export function ExceptionsPage() {
  const mayRequest = useMay('exceptions.request')
  const mayRead = useMay('exceptions.read')
  return (
    <Box h="100%" display="flex" style={{ flexDirection: 'column' }}>
      <PageHeader
        title="Exception Management"
        actions={
          <>
            <ExportMenu />
            {mayRequest && (
              <Button component={Link} to="/exceptions/new" search={true as never} leftSection={<IconPlus size={16} />}>
                Create Exception
              </Button>
            )}
          </>
        }
      >
        Who asked for which exception, how far it is, and what it covers.
      </PageHeader>
      {mayRead ? (
        <ExceptionTable />
      ) : (
        <Box px="var(--page-padding)">
          <Text size="sm" c="dimmed" mb="sm">
            You see the requests that you were chosen for.
          </Text>
          <WaitingList />
        </Box>
      )}
      <Outlet />
    </Box>
  )
}

function ExceptionTable() {
  const me = useMe()
  const search = useSearch({ from: '/exceptions' })
  const params = useParams({ strict: false }) as { id?: string }
  const navigate = useNavigate()
  const [selection, setSelection] = useState<RowSelectionState>({})
  const choice = useColumnChoice('exceptions', EXCEPTION_COLUMNS)
  const filter = filterOf(search)
  const table = useInfiniteQuery(exceptionTable(filter))
  const rows = useMemo(() => table.data?.pages.flatMap(({ items }) => items) ?? [], [table.data])
  const change = (changes: SearchChange<ExceptionsSearch>) =>
    void navigate({
      to: '.',
      search: ((before: ExceptionsSearch) => changedSearch(before, changes)) as never,
      replace: true,
    })
  const filtered = Object.keys(filter).some((name) => name !== 'sort')
  const selected = rows.filter(({ id }) => selection[id])

  return (
    <>
      <StatusTabs search={search} onChange={change} />
      <Group px="var(--page-padding)" py="xs" gap="xs" justify="space-between" wrap="nowrap">
        <ExceptionFilters search={search} onChange={change} />
        <ColumnMenu columns={EXCEPTION_COLUMNS} choice={choice} />
      </Group>
      {table.error !== null && rows.length === 0 ? (
        <Box p="md">
          <ProblemNotice error={table.error} retry={() => void table.refetch()} />
        </Box>
      ) : (
        <DataTable
          label="Exceptions"
          noun="exception"
          columns={EXCEPTION_COLUMNS}
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
          sort={search.sort ?? '-requestedAt'}
          onSort={(sort) => change({ sort })}
          onOpen={({ id }) => void navigate({ to: '/exceptions/$id', params: { id }, search: true as never })}
          openId={params.id}
          selection={selection}
          onSelection={setSelection}
          empty={
            filtered ? (
              <EmptyState
                icon={IconShieldCheck}
                title="No exception matches"
                text="Take a filter away, or look for something else."
                action={
                  <Button variant="default" component={Link} to="/exceptions">
                    Show all
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={IconShieldCheck}
                title="No exceptions yet"
                text="An exception is a permission to leave some vulnerability instances unresolved, for a reason and until a time."
                action={
                  me.permissions.includes('exceptions.request') ? (
                    <Button component={Link} to="/exceptions/new">
                      Create the first one
                    </Button>
                  ) : null
                }
              />
            )
          }
        />
      )}
      {selected.length > 0 && <BulkBar selected={selected} onDone={() => setSelection({})} />}
    </>
  )
}

interface StatusTabsProps {
  search: ExceptionsSearch
  onChange: (changes: SearchChange<ExceptionsSearch>) => void
}

function StatusTabs({ search, onChange }: StatusTabsProps) {
  const { status: _, sort: __, ...rest } = filterOf(search)
  const counts = useQueries({
    queries: [undefined, ...STATUS_NAMES].map((status) =>
      exceptionList({ ...rest, ...(status === undefined ? {} : { status: [status] }) }, 1),
    ),
  })
  const count = (index: number) => {
    const found = counts[index]?.data?.count
    return found === undefined ? '' : countText(found)
  }
  return (
    <CountedTabs
      label="Status"
      value={search.status ?? 'all'}
      onChange={(status) => onChange({ status: status === 'all' ? undefined : status })}
      tabs={(['all', ...STATUS_NAMES] as const).map((name, index) => ({
        name,
        word: name === 'all' ? 'All' : statusWord(name),
        count: count(index),
      }))}
    />
  )
}

function ExportMenu() {
  const search = useSearch({ from: '/exceptions' })
  if (!useMay('exceptions.export')) return null
  const address = (format: 'csv' | 'json') => {
    const query = new URLSearchParams({ export: format })
    for (const [name, value] of Object.entries(filterOf(search)))
      for (const one of [value].flat()) query.append(name, String(one))
    return `/api/v1/exceptions?${query}`
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Export what the filters select">
          <ActionIcon variant="default" size={36} aria-label="Export">
            <IconDownload size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={address('csv')} download="exceptions.csv">
          As CSV
        </Menu.Item>
        <Menu.Item component="a" href={address('json')} download="exceptions.json">
          As JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
