import { Box, Button, Group, NavLink, Text } from '@mantine/core'
import { IconFolder, IconListSearch, IconLock, IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Query } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { useMay } from '../../session/me.js'
import { PageHeader } from '../../shell/page-header.js'
import { useActiveInView } from '../../shell/use-active-in-view.js'
import { changedSearch, type SearchChange } from '../../table/changed-search.js'
import type { Column } from '../../table/column.js'
import { countText, numberText } from '../../table/count-text.js'
import { DataTable } from '../../table/data-table.js'
import { FindInput } from '../../table/find-input.js'
import { RowLink } from '../../table/row-link.js'
import classes from './queries.module.css'
import { type QueriesSearch, withoutForm } from './queries-search.js'
import { foldersQuery, MANAGED_FOLDER, managedCount, queryPage } from './saved-queries.js'

const COLUMNS: readonly Column<Query>[] = [
  {
    id: 'name',
    label: 'Name',
    width: 260,
    grows: true,
    always: true,
    sort: 'name',
    cell: ({ id, name, managed }) => (
      <Group gap={6} wrap="nowrap">
        {managed && <IconLock size={14} aria-label="Nobody can change it" />}
        <RowLink to={`/queries/${id}`}>{name}</RowLink>
      </Group>
    ),
  },
  { id: 'folder', label: 'Folder', width: 150, sort: 'folder', cell: ({ folder }) => folder || '–' },
  {
    id: 'expression',
    label: 'Query',
    width: 330,
    cell: ({ expression }) => (
      <Text span size="xs" ff="monospace" c="dimmed" title={expression}>
        {expression}
      </Text>
    ),
  },
  { id: 'owner', label: 'Owner', width: 150, cell: ({ owner }) => owner.name },
]
const VISIBLE = Object.fromEntries(COLUMNS.map(({ id }) => [id, true]))

/** Queries: the folders, what is in the one that is open, and a query over it. */
export function QueriesPage() {
  const mayWrite = useMay('queries.write')
  const search = useSearch({ from: '/queries' })
  const navigate = useNavigate()
  const change = (changes: SearchChange<QueriesSearch>) =>
    void navigate({
      to: '.',
      search: ((before: QueriesSearch) => changedSearch(before, changes, ['folder'])) as never,
      replace: true,
    })
  return (
    <Box h="100%" display="flex" style={{ flexDirection: 'column' }}>
      <PageHeader
        title="Queries"
        actions={
          mayWrite && (
            <Button component={Link} to="/queries/new" search={true as never} leftSection={<IconPlus size={16} />}>
              Create Query
            </Button>
          )
        }
      >
        Saved questions to the inventory, and the copies that exceptions were granted for.
      </PageHeader>
      <div className={classes.columns}>
        <Folders search={search} />
        <Box className={classes.body}>
          <Box px="md" py="xs">
            <FindInput label="Find in names" text={search.text} onLook={(text) => change({ text })} />
          </Box>
          <QueryTable search={search} onChange={change} />
        </Box>
      </div>
      <Outlet />
    </Box>
  )
}

function Folders({ search }: { search: QueriesSearch }) {
  const folders = useQuery(foldersQuery).data ?? []
  const managed = useQuery(managedCount).data
  const all = search.managed !== true && search.folder === undefined
  // The folders are there a moment later than the page.
  const nav = useActiveInView<HTMLElement>(`${search.managed} ${search.folder} ${folders.length}`)
  const to = (next: QueriesSearch) =>
    ({
      component: Link,
      to: '/queries',
      search: next as never,
      // A link to all of them is not the one to a folder.
      activeOptions: { exact: true, includeSearch: true },
    }) as const
  const figure = (text: string) => (
    <Text span size="xs" c="dimmed" className="figures">
      {text}
    </Text>
  )
  return (
    <Box component="nav" ref={nav} aria-label="Folders" className={classes.folders}>
      <NavLink
        {...to({})}
        label="All queries"
        leftSection={<IconListSearch size={16} stroke={1.6} />}
        rightSection={figure(numberText(folders.reduce((sum, { count }) => sum + count, 0)))}
        active={all}
        bdrs="sm"
        py={5}
      />
      {folders.map(({ name, count }) => (
        <NavLink
          key={name}
          {...to({ folder: name })}
          label={name === '' ? 'In no folder' : name}
          leftSection={<IconFolder size={16} stroke={1.6} />}
          rightSection={figure(numberText(count))}
          active={search.managed !== true && search.folder === name}
          bdrs="sm"
          py={5}
        />
      ))}
      <NavLink
        {...to({ managed: true })}
        label={MANAGED_FOLDER}
        leftSection={<IconLock size={16} stroke={1.6} />}
        rightSection={managed === undefined ? null : figure(countText(managed))}
        active={search.managed === true}
        bdrs="sm"
        py={5}
        mt={6}
      />
    </Box>
  )
}

function QueryTable({
  search,
  onChange,
}: {
  search: QueriesSearch
  onChange: (changes: SearchChange<QueriesSearch>) => void
}) {
  const { folder, text, sort, managed = false } = search
  const mayWrite = useMay('queries.write')
  const params = useParams({ strict: false }) as { id?: string }
  const navigate = useNavigate()
  const filter = {
    managed,
    ...(folder === undefined || managed ? {} : { folder }),
    ...(text === undefined ? {} : { text }),
    ...(sort === undefined ? {} : { sort }),
  }
  const table = useInfiniteQuery({
    queryKey: ['queries', 'table', filter],
    queryFn: ({ pageParam, signal }) => queryPage(filter, pageParam === null ? {} : { cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
  const rows = useMemo(() => table.data?.pages.flatMap(({ items }) => items) ?? [], [table.data])
  if (table.error !== null && rows.length === 0)
    return (
      <Box p="md">
        <ProblemNotice error={table.error} retry={() => void table.refetch()} />
      </Box>
    )
  return (
    <DataTable
      label="Queries"
      noun="query"
      nouns="queries"
      columns={COLUMNS}
      visible={VISIBLE}
      rows={rows}
      rowId={({ id }) => id}
      count={table.data?.pages[0]?.count}
      loading={table.isPending}
      more={{ has: table.hasNextPage, loading: table.isFetchingNextPage, load: () => void table.fetchNextPage() }}
      sort={sort ?? 'name'}
      onSort={(next) => onChange({ sort: next })}
      onOpen={({ id }) => void navigate({ to: '/queries/$id', params: { id }, search: withoutForm(search) as never })}
      openId={params.id}
      empty={
        text !== undefined ? (
          <EmptyState icon={IconListSearch} title="No query is called so" text="Look for a part of its name." />
        ) : managed ? (
          <EmptyState
            icon={IconLock}
            title="No managed queries yet"
            text="When somebody asks for an exception, its query is copied here, where nobody can change it."
          />
        ) : (
          <EmptyState
            icon={IconListSearch}
            title="No queries yet"
            text="Save what you look for often; an exception can be asked for a saved query."
            action={
              mayWrite ? (
                <Button component={Link} to="/queries/new">
                  Create the first one
                </Button>
              ) : null
            }
          />
        )
      }
    />
  )
}
