import { Anchor, Skeleton, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, ask } from '../../api/client.js'
import type { AuditEntry, Page } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { Time } from '../../time/time.js'
import { exceptionList } from '../exceptions/exception-queries.js'
import classes from './list.module.css'

const NEWEST = 8
// Of what the journal tells: sign-ins, and what is told of the same thing twice, would hide what happens.
const KINDS = new Set(['exception', 'rule', 'query', 'report', 'user', 'group', 'role'])
const ALSO = new Set([
  'approval.stepApproved',
  'approval.handedOver',
  'ticket.opened',
  'ticket.done',
  'ticket.dueDateMoved',
])
const NOT = new Set(['user.signedIn', 'user.signedOut'])
const READ = 60

const journalQuery = queryOptions({
  queryKey: ['audit', 'newest'],
  queryFn: async ({ signal }) =>
    (await ask(api.GET('/audit', { params: { query: { limit: READ } }, signal }))) as unknown as Page<AuditEntry>,
})

/** What happened last: out of the journal for whoever reads it, else the newest requests. */
export function Activity({ journal }: { journal: boolean }) {
  return journal ? <Journal /> : <Requests />
}

function Journal() {
  const { data, isPending } = useQuery(journalQuery)
  if (isPending) return <Skeleton height={64} />
  const told = (data?.items ?? []).filter(isTold).slice(0, NEWEST)
  if (told.length === 0) return <Nothing />
  return (
    <ul className={classes.list}>
      {told.map(({ id, at, actor, type, subject }) => (
        <li key={id} className={classes.item}>
          <Text size="sm" truncate>
            {subject.kind === 'exception' ? (
              <Anchor component={Link} to={`/exceptions/${subject.id}`} size="sm" underline="always">
                {subject.name ?? 'An exception'}
              </Anchor>
            ) : (
              <Text span inherit fw={500}>
                {subject.name ?? subject.kind}
              </Text>
            )}{' '}
            <Text span inherit c="dimmed">
              {eventWords(type)}
              {actor === null ? '' : ` by ${actor.name}`}
            </Text>
          </Text>
          <Text size="xs" c="dimmed">
            <Time at={at} as="ago" />
          </Text>
        </li>
      ))}
    </ul>
  )
}

/** Whether it is news. The copies of queries that exceptions bring with them are not. */
function isTold({ type, actor }: AuditEntry): boolean {
  const [kind = ''] = type.split('.')
  return (KINDS.has(kind) || ALSO.has(type)) && !NOT.has(type) && !(kind === 'query' && actor === null)
}

const OF_EXCEPTIONS: Readonly<Record<string, string>> = {
  'exception.submitted': 'requested',
  'exception.activated': 'became active',
  'approval.stepApproved': 'approved in one step',
  'approval.handedOver': 'handed over',
}

/** What happened to something, as people read it after its name: `ticket.dueDateMoved` is `ticket due date moved`. */
export function eventWords(type: string): string {
  const known = OF_EXCEPTIONS[type]
  if (known !== undefined) return known
  const spaced = (text: string) =>
    text.replace(/([a-z])([A-Z])/g, (_all, before: string, after: string) => `${before} ${after.toLowerCase()}`)
  const [kind = '', what = ''] = type.split('.')
  return kind === 'exception' ? spaced(what) : `${spaced(kind)} ${spaced(what)}`
}

function Requests() {
  const { data, isPending } = useQuery(exceptionList({}, NEWEST))
  if (isPending) return <Skeleton height={64} />
  if (data === undefined || data.items.length === 0) return <Nothing />
  return (
    <ul className={classes.list}>
      {data.items.map(({ id, name, requestedBy, requestedAt }) => (
        <li key={id} className={classes.item}>
          <Text size="sm" truncate>
            {requestedBy.name}{' '}
            <Text span inherit c="dimmed">
              requested
            </Text>{' '}
            <Anchor component={Link} to={`/exceptions/${id}`} size="sm" underline="always">
              {name}
            </Anchor>
          </Text>
          <Text size="xs" c="dimmed">
            <Time at={requestedAt} as="ago" />
          </Text>
        </li>
      ))}
    </ul>
  )
}

function Nothing() {
  return (
    <EmptyState
      small
      icon={IconHistory}
      title="Nothing has happened yet"
      text="What people do appears here by itself."
    />
  )
}
