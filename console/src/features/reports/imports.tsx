import { Badge, Box } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Report } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { useMay } from '../../session/me.js'
import type { Column } from '../../table/column.js'
import { numberText } from '../../table/count-text.js'
import { DataTable } from '../../table/data-table.js'
import { RowLink } from '../../table/row-link.js'
import { Time } from '../../time/time.js'
import { ImportForm } from './import-form.js'
import { reportTable } from './report-queries.js'
import { FORMATS, REPORT_STATUSES } from './report-words.js'
import type { ReportsSearch } from './reports-search.js'

const figure = (id: keyof Report & string, label: string): Column<Report> => ({
  id,
  label,
  width: 92,
  align: 'right',
  cell: (report) => (report.status === 'done' ? numberText(Number(report[id])) : '–'),
})

const COLUMNS: readonly Column<Report>[] = [
  {
    id: 'scanner',
    label: 'Scanner',
    width: 160,
    always: true,
    cell: ({ id, scanner }) => <RowLink to={`/reports/${id}`}>{scanner}</RowLink>,
  },
  {
    id: 'receivedAt',
    label: 'Received',
    width: 130,
    sort: 'receivedAt',
    cell: ({ receivedAt }) => <Time at={receivedAt} as="ago" />,
  },
  {
    id: 'format',
    label: 'Format',
    width: 110,
    cell: ({ format }) => (format === null ? '–' : FORMATS[format]),
  },
  { id: 'asset', label: 'Asset', width: 180, grows: true, cell: ({ asset }) => asset ?? 'As the report names them' },
  {
    id: 'status',
    label: 'Status',
    width: 110,
    cell: ({ status }) => <Badge color={REPORT_STATUSES[status].color}>{REPORT_STATUSES[status].word}</Badge>,
  },
  figure('received', 'Findings'),
  figure('created', 'New'),
  figure('updated', 'Changed'),
  figure('closed', 'Closed'),
  {
    id: 'rejected',
    label: 'Errors',
    width: 84,
    align: 'right',
    cell: ({ status, rejected, errors }) => {
      const count = Math.max(rejected, errors.length)
      return status === 'processing' || count === 0 ? '–' : numberText(count)
    },
  },
]
const VISIBLE = Object.fromEntries(COLUMNS.map(({ id }) => [id, true]))

/** Importing, and what became of the reports that were sent. */
export function Imports() {
  const search = useSearch({ from: '/reports' })
  const mayPublish = useMay('instances.publish')
  const params = useParams({ strict: false }) as { id?: string }
  const navigate = useNavigate()
  const table = useInfiniteQuery(reportTable(search.sort))
  const rows = useMemo(() => table.data?.pages.flatMap(({ items }) => items) ?? [], [table.data])
  return (
    <>
      {mayPublish && (
        <Box px="var(--page-padding)" pb="md" pt="md">
          <ImportForm />
        </Box>
      )}
      {table.error !== null && rows.length === 0 ? (
        <Box p="md">
          <ProblemNotice error={table.error} retry={() => void table.refetch()} />
        </Box>
      ) : (
        <DataTable
          label="Imports"
          noun="import"
          columns={COLUMNS}
          visible={VISIBLE}
          rows={rows}
          rowId={({ id }) => id}
          count={table.data?.pages[0]?.count}
          loading={table.isPending}
          more={{ has: table.hasNextPage, loading: table.isFetchingNextPage, load: () => void table.fetchNextPage() }}
          sort={search.sort ?? '-receivedAt'}
          onSort={(sort) =>
            void navigate({
              to: '.',
              search: (({ sort: _, ...rest }: ReportsSearch) =>
                sort === undefined ? rest : { ...rest, sort }) as never,
              replace: true,
            })
          }
          onOpen={({ id }) => void navigate({ to: '/reports/$id', params: { id }, search: true as never })}
          openId={params.id}
          empty={
            <EmptyState
              icon={IconFileImport}
              title="No reports yet"
              text={
                mayPublish
                  ? 'Drop the report of a scanner above, or let your pipeline send it to the API.'
                  : 'Scanners and people who may publish send them.'
              }
            />
          }
        />
      )}
    </>
  )
}
