import { Anchor, Box, Button, Card, Grid, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconClockHour4, IconFilePlus, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { useMay, useMe } from '../../session/me.js'
import { PageHeader } from '../../shell/page-header.js'
import { countOf, numberText } from '../../table/count-text.js'
import { Time } from '../../time/time.js'
import { exceptionList, waitingForMe } from '../exceptions/exception-queries.js'
import { StatusBadge } from '../exceptions/status-badge.js'
import { Activity } from './activity.js'
import classes from './list.module.css'
import { OverdueList } from './overdue-list.js'
import { summaryQuery, totalOf } from './summary.js'
import { WaitingList } from './waiting-list.js'

const SummaryChart = lazy(() => import('./summary-chart.js').then(({ SummaryChart: it }) => ({ default: it })))

const HistoryChart = lazy(() => import('./history-chart.js').then(({ HistoryChart: it }) => ({ default: it })))

const DAY_MS = 86_400_000
const SOON_DAYS = 30
/** The same for a whole day, so that it is one query. */
const soon = () => `${new Date(Date.now() + SOON_DAYS * DAY_MS).toISOString().slice(0, 10)}T00:00:00Z`

/** What a person needs to see first, by what they may do. */
export function HomePage() {
  const me = useMe()
  const mayRequest = useMay('exceptions.request')
  const mayRead = useMay('exceptions.read')
  const mayReadInstances = useMay('instances.read')
  const mayReadJournal = useMay('audit.read')
  const mayReadTickets = useMay('tickets.write', 'tickets.manage', 'audit.read')
  return (
    <Box pb="xl">
      <PageHeader
        title="Home"
        actions={
          mayRequest && (
            <Button component={Link} to="/exceptions/new" leftSection={<IconPlus size={16} />}>
              Create Exception
            </Button>
          )
        }
      >
        Good to see you, {me.name}.
      </PageHeader>
      <Stack px="var(--page-padding)" pt="xs" gap="md">
        <Figures mayRead={mayRead} mayReadInstances={mayReadInstances} mayReadTickets={mayReadTickets} />
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <Stack gap="md">
              <Panel title="Waiting for me" to="/exceptions" search={{ waitingFor: 'me' }} link={mayRead}>
                <WaitingList limit={8} />
              </Panel>
              {mayReadInstances && (
                <Panel title="Open and covered by severity" to="/instances" link>
                  <Suspense fallback={<Skeleton height={220} />}>
                    <SummaryChart />
                  </Suspense>
                </Panel>
              )}
              {mayReadInstances && (
                <Panel title="Open and covered over time" link={false}>
                  <Suspense fallback={<Skeleton height={220} />}>
                    <HistoryChart />
                  </Suspense>
                </Panel>
              )}
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <Stack gap="md">
              {mayRequest && mayRead && (
                <Panel title="My requests" to="/exceptions" search={{ requestedBy: 'me' }} link>
                  <MyRequests />
                </Panel>
              )}
              {mayRead && (
                <Panel title="Ends soon" to="/exceptions" search={{ status: 'active', sort: 'expiresAt' }} link>
                  <EndsSoon />
                </Panel>
              )}
              {mayReadTickets && (
                <Panel title="Overdue tickets" to="/tickets" search={{ show: 'overdue' }} link>
                  <OverdueList />
                </Panel>
              )}
              {(mayReadJournal || mayRead) && (
                <Panel title="Newest activity" link={false}>
                  <Activity journal={mayReadJournal} />
                </Panel>
              )}
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
    </Box>
  )
}

interface PanelProps {
  title: string
  to?: string
  search?: object
  link: boolean
  children: ReactNode
}

function Panel({ title, to, search, link, children }: PanelProps) {
  return (
    <Card withBorder padding="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3">
          {title}
        </Title>
        {link && to !== undefined && (
          <Anchor component={Link} to={to} {...(search === undefined ? {} : { search: search as never })} size="xs">
            Show all
            <Box component="span" className={classes.hidden ?? ''}>
              {' '}
              of {title}
            </Box>
          </Anchor>
        )}
      </Group>
      {children}
    </Card>
  )
}

interface FiguresProps {
  mayRead: boolean
  mayReadInstances: boolean
  mayReadTickets: boolean
}

/** What there is, each with the way to it. */
function Figures({ mayRead, mayReadInstances, mayReadTickets }: FiguresProps) {
  const waiting = useQuery(waitingForMe).data?.count.value
  const pending = useQuery({ ...exceptionList({ status: ['pendingApproval'] }, 1), enabled: mayRead }).data?.count.value
  const active = useQuery({ ...exceptionList({ status: ['active'] }, 1), enabled: mayRead }).data?.count.value
  const summary = useQuery({ ...summaryQuery, enabled: mayReadInstances }).data
  const inTable = (search: object) => (mayRead ? { to: '/exceptions', search } : undefined)
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="md">
      <Figure label="Waiting for me" value={waiting} way={inTable({ waitingFor: 'me' })} />
      {mayRead && (
        <>
          <Figure label="Pending Approval" value={pending} way={inTable({ status: 'pendingApproval' })} />
          <Figure label="Active" value={active} way={inTable({ status: 'active' })} />
        </>
      )}
      {mayReadInstances && (
        <>
          <Figure
            label="Open instances"
            value={summary && totalOf(summary.open)}
            way={{ to: '/instances', search: {} }}
          />
          <Figure
            label="Covered"
            value={summary && totalOf(summary.covered)}
            way={{ to: '/instances', search: { coverage: 'covered' } }}
          />
          <Figure
            label="Overdue"
            value={summary && totalOf(summary.overdue)}
            way={mayReadTickets ? { to: '/tickets', search: { show: 'overdue' } } : undefined}
            warn
          />
        </>
      )}
    </SimpleGrid>
  )
}

interface FigureProps {
  label: string
  value: number | undefined
  /** Where what is counted is listed, if the reader may see it. */
  way: { to: string; search: object } | undefined
  warn?: boolean
}

function Figure({ label, value, way, warn = false }: FigureProps) {
  const shown = (
    <>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      {value === undefined ? (
        <Skeleton height={24} width={60} mt={4} />
      ) : (
        <Text fw={600} fz={22} className="figures" {...(warn && value > 0 ? { c: 'var(--mantine-color-error)' } : {})}>
          {numberText(value)}
        </Text>
      )}
    </>
  )
  if (way === undefined)
    return (
      <Card withBorder padding="sm">
        {shown}
      </Card>
    )
  return (
    <Card
      withBorder
      padding="sm"
      component={Link}
      to={way.to}
      search={way.search as never}
      className={classes.figure ?? ''}
    >
      {shown}
    </Card>
  )
}

function MyRequests() {
  const { data, error, isPending, refetch } = useQuery(exceptionList({ requestedBy: ['me'] }, 6))
  if (isPending) return <Skeleton height={64} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (data.items.length === 0)
    return (
      <EmptyState
        small
        icon={IconFilePlus}
        title="You have not asked for anything"
        text="What cannot be resolved now can be left unresolved for a while, with a reason."
      />
    )
  return (
    <ul className={classes.list}>
      {data.items.map((exception) => (
        <li key={exception.id} className={classes.item}>
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Anchor component={Link} to={`/exceptions/${exception.id}`} c="inherit" fw={500} size="sm" truncate>
              {exception.name}
            </Anchor>
            <StatusBadge status={exception.status} />
          </Group>
          <Text size="xs" c="dimmed">
            {exception.waitingFor === null ? (
              <>
                Requested <Time at={exception.requestedAt} as="ago" />
              </>
            ) : (
              <>Waiting for {exception.waitingFor.name}</>
            )}
          </Text>
        </li>
      ))}
    </ul>
  )
}

function EndsSoon() {
  const { data, error, isPending, refetch } = useQuery(
    exceptionList({ status: ['active'], expiresBefore: soon(), sort: 'expiresAt' }, 6),
  )
  if (isPending) return <Skeleton height={64} />
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />
  if (data.items.length === 0)
    return (
      <EmptyState
        small
        icon={IconClockHour4}
        title="Nothing ends soon"
        text={`No exception ends within ${SOON_DAYS} days.`}
      />
    )
  return (
    <ul className={classes.list}>
      {data.items.map(({ id, name, expiresAt, instanceCount }) => (
        <li key={id} className={classes.item}>
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Anchor component={Link} to={`/exceptions/${id}`} c="inherit" fw={500} size="sm" truncate>
              {name}
            </Anchor>
            <Text size="xs">
              <Time at={expiresAt} as="ago" />
            </Text>
          </Group>
          <Text size="xs" c="dimmed" className="figures">
            {countOf(instanceCount, 'instance')} will be uncovered
          </Text>
        </li>
      ))}
    </ul>
  )
}
