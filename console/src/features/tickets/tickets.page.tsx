import { Box, Button, Chip, Group, Select } from '@mantine/core'
import { IconPlus, IconTicket } from '@tabler/icons-react'
import { useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Severity } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { useMay } from '../../session/me.js'
import { SEVERITIES, severityWord } from '../../severity/severity.js'
import { PageHeader } from '../../shell/page-header.js'
import { changedSearch, type SearchChange } from '../../table/changed-search.js'
import { ColumnMenu } from '../../table/column-menu.js'
import { countText } from '../../table/count-text.js'
import { CountedTabs } from '../../table/counted-tabs.js'
import { DataTable } from '../../table/data-table.js'
import { FindInput } from '../../table/find-input.js'
import { useColumnChoice } from '../../table/use-columns.js'
import { TICKET_COLUMNS } from './ticket-columns.js'
import { ticketCount, ticketTable } from './ticket-queries.js'
import { listPart, TICKET_TABS, type TicketsSearch, type TicketTab, ticketFilterOf } from './tickets-search.js'

/** Tickets: what has to be resolved by whom until when, with whatever is open over it. */
export function TicketsPage() {
  const mayWrite = useMay('tickets.write', 'tickets.manage')
  const mayList = useMay('tickets.write', 'tickets.manage', 'audit.read')
  return (
    <Box h="100%" display="flex" style={{ flexDirection: 'column' }}>
      <PageHeader
        title="Tickets"
        actions={
          mayWrite && (
            <Button component={Link} to="/tickets/new" search={true as never} leftSection={<IconPlus size={16} />}>
              Create Ticket
            </Button>
          )
        }
      >
        What has to be resolved, by whom and until when.
      </PageHeader>
      {mayList ? (
        <TicketTable />
      ) : (
        <EmptyState icon={IconTicket} title="You see tickets that you review" text="Open them from the request." />
      )}
      <Outlet />
    </Box>
  )
}

function TicketTable() {
  const search = useSearch({ from: '/tickets' })
  const params = useParams({ strict: false }) as { id?: string }
  const mayWrite = useMay('tickets.write', 'tickets.manage')
  const navigate = useNavigate()
  const choice = useColumnChoice('tickets', TICKET_COLUMNS)
  const table = useInfiniteQuery(ticketTable(ticketFilterOf(search)))
  const rows = useMemo(() => table.data?.pages.flatMap(({ items }) => items) ?? [], [table.data])
  const change = (changes: SearchChange<TicketsSearch>) =>
    void navigate({
      to: '.',
      search: ((before: TicketsSearch) => changedSearch(before, changes)) as never,
      replace: true,
    })
  const narrowed = search.text !== undefined || search.severity !== undefined || search.mine === true
  return (
    <>
      <TicketTabs search={search} onChange={change} />
      <Group px="var(--page-padding)" py="xs" gap="xs" justify="space-between" wrap="nowrap">
        <TicketFilters search={search} onChange={change} />
        <ColumnMenu columns={TICKET_COLUMNS} choice={choice} />
      </Group>
      {table.error !== null && rows.length === 0 ? (
        <Box p="md">
          <ProblemNotice error={table.error} retry={() => void table.refetch()} />
        </Box>
      ) : (
        <DataTable
          label="Tickets"
          noun="ticket"
          columns={TICKET_COLUMNS}
          visible={choice.visible}
          rows={rows}
          rowId={({ id }) => id}
          count={table.data?.pages[0]?.count}
          loading={table.isPending}
          more={{ has: table.hasNextPage, loading: table.isFetchingNextPage, load: () => void table.fetchNextPage() }}
          sort={search.sort ?? 'dueDate'}
          onSort={(sort) => change({ sort })}
          onOpen={({ id }) => void navigate({ to: '/tickets/$id', params: { id }, search: listPart(search) as never })}
          openId={params.id}
          empty={
            narrowed || (search.show ?? 'open') !== 'open' ? (
              <EmptyState
                icon={IconTicket}
                title="No ticket matches"
                text="Take a filter away, or look at all of them."
                action={
                  <Button variant="default" component={Link} to="/tickets" search={{ show: 'all' } as never}>
                    Show all
                  </Button>
                }
              />
            ) : (
              <EmptyState
                icon={IconTicket}
                title="No open tickets"
                text="A ticket gathers instances for one owner, with a due date. Make one here or from Vulnerability Instances, or let a grouping rule open them."
                action={
                  mayWrite ? (
                    <Button component={Link} to="/tickets/new">
                      Create Ticket
                    </Button>
                  ) : null
                }
              />
            )
          }
        />
      )}
    </>
  )
}

interface PartProps {
  search: TicketsSearch
  onChange: (changes: SearchChange<TicketsSearch>) => void
}

const WORDS: Readonly<Record<TicketTab, string>> = {
  open: 'Open',
  overdue: 'Overdue',
  deferred: 'Deferred',
  waiting: 'Waiting for review',
  done: 'Done',
  all: 'All',
}

function TicketTabs({ search, onChange }: PartProps) {
  const counts = useQueries({
    queries: TICKET_TABS.map((show) => {
      const { sort: _, ...filter } = ticketFilterOf(search, show)
      return ticketCount(filter)
    }),
  })
  return (
    <CountedTabs
      label="Status"
      value={search.show ?? 'open'}
      onChange={(show) => onChange({ show: show === 'open' ? undefined : show })}
      tabs={TICKET_TABS.map((name, index) => {
        const count = counts[index]?.data
        return { name, word: WORDS[name], count: count === undefined ? '' : countText(count) }
      })}
    />
  )
}

function TicketFilters({ search, onChange }: PartProps) {
  return (
    <Group gap="xs">
      <FindInput label="Find in titles" text={search.text} onLook={(text) => onChange({ text })} />
      <Chip size="xs" checked={search.mine === true} onChange={(mine) => onChange({ mine: mine ? true : undefined })}>
        Mine
      </Chip>
      <Select
        size="xs"
        w={140}
        aria-label="Severity"
        placeholder="Any severity"
        clearable
        clearButtonProps={{ 'aria-label': 'Any severity' }}
        data={SEVERITIES.map((severity) => ({ value: severity, label: severityWord(severity) }))}
        value={search.severity ?? null}
        onChange={(severity) => onChange({ severity: (severity ?? undefined) as Severity | undefined })}
      />
    </Group>
  )
}
