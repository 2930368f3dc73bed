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
// Sign-ins are in the journal too; here they would hide what happens.
const TOLD = new Set(['exception', 'approval', 'rule', 'query', 'report', 'user', 'group', 'role'])
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
  const told = (data?.items ?? [])
    .filter(({ subject, type }) => TOLD.has(subject.kind) && type !== 'user.signedIn')
    .slice(0, NEWEST)
  if (told.length === 0) return <Nothing />
  return (
    <ul className={classes.list}>
      {told.map(({ id, at, actor, type, subject }) => (
        <li key={id} className={classes.item}>
          <Text size="sm" truncate>
            <Text span inherit fw={500}>
              {actor?.name ?? 'The system'}
            </Text>{' '}
            <Text span inherit c="dimmed">
              {eventWords(type)}
            </Text>{' '}
            {subject.kind === 'exception' ? (
              <Anchor component={Link} to={`/exceptions/${subject.id}`} size="sm" underline="always">
                {subject.name ?? 'an exception'}
              </Anchor>
            ) : (
              (subject.name ?? '')
            )}
          </Text>
          <Text size="xs" c="dimmed">
            <Time at={at} as="ago" />
          </Text>
        </li>
      ))}
    </ul>
  )
}

/** `exception.handedOver` as people read it after a name: handed over exception. */
export function eventWords(type: string): string {
  const spaced = (text: string) =>
    text.replace(/([a-z])([A-Z])/g, (_all, before: string, after: string) => `${before} ${after.toLowerCase()}`)
  const [kind = '', what = ''] = type.split('.')
  return `${spaced(what)} ${spaced(kind)}`
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
