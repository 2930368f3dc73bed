import { Anchor, Badge, Box, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import type { Notification, Page } from '../../api/schemas.js'
import { EmptyState } from '../../feedback/empty-state.js'
import { ProblemNotice } from '../../feedback/problem-notice.js'
import { refused } from '../../feedback/toast.js'
import { PageHeader } from '../../shell/page-header.js'
import { Time } from '../../time/time.js'
import classes from '../home/list.module.css'
import { noticeWords } from '../settings/mail/notice-words.js'
import { usePages } from '../settings/use-pages.js'

/** What the reader was told, newest first. */
export function NotificationsPage() {
  const client = useQueryClient()
  const list = usePages<Notification>(
    ['notifications', 'list'],
    (cursor, signal) =>
      ask(api.GET('/me/notifications', { params: { query: { limit: 50, ...cursor } }, signal })) as Promise<
        Page<Notification>
      >,
  )
  const read = useMutation({
    mutationFn: (what: { ids: string[] } | { until: string }) =>
      ask(
        api.PATCH('/me/notifications', {
          params: { header: { 'idempotency-key': newIdempotencyKey() } },
          body: { ...what, read: true },
        }),
      ),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['notifications'] }),
    onError: refused,
  })
  const unread = list.rows?.some(({ readAt }) => readAt === null) ?? false
  return (
    <Box pb="xl">
      <PageHeader
        title="Notifications"
        actions={
          <Button
            variant="default"
            disabled={!unread}
            loading={read.isPending}
            onClick={() => read.mutate({ until: new Date().toISOString() })}
          >
            Mark all as read
          </Button>
        }
      />
      <Box px="var(--page-padding)" maw={860}>
        {list.rows === undefined ? (
          list.error === null ? (
            <Skeleton height={200} />
          ) : (
            <ProblemNotice error={list.error} retry={list.retry} />
          )
        ) : list.rows.length === 0 ? (
          <EmptyState
            icon={IconBell}
            title="Nothing yet"
            text="What concerns you is told here, and by mail if you like."
          />
        ) : (
          <Stack gap={0} component="ul" className={classes.list ?? ''}>
            {list.rows.map(({ id, kind, title, at, readAt, exceptionId }) => (
              <li key={id} className={classes.item}>
                <Group justify="space-between" wrap="nowrap" gap="sm">
                  {exceptionId === null ? (
                    <Text size="sm" fw={readAt === null ? 600 : 400} truncate>
                      {title}
                    </Text>
                  ) : (
                    <Anchor
                      component={Link}
                      to={`/exceptions/${exceptionId}`}
                      size="sm"
                      c="inherit"
                      fw={readAt === null ? 600 : 400}
                      truncate
                      onClick={() => readAt === null && read.mutate({ ids: [id] })}
                    >
                      {title}
                    </Anchor>
                  )}
                  <Group gap="xs" wrap="nowrap">
                    {readAt === null && <Badge size="sm">New</Badge>}
                    <Text size="xs" c="dimmed">
                      <Time at={at} as="ago" />
                    </Text>
                  </Group>
                </Group>
                <Text size="xs" c="dimmed">
                  {noticeWords(kind)}
                </Text>
              </li>
            ))}
          </Stack>
        )}
        {list.more.has && (
          <Button variant="default" size="xs" mt="sm" loading={list.more.loading} onClick={list.more.load}>
            Show more
          </Button>
        )}
      </Box>
    </Box>
  )
}
