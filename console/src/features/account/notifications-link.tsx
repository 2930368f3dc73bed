import { NavLink, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link, useRouterState } from '@tanstack/react-router'
import { api, ask } from '../../api/client.js'
import classes from '../../shell/shell.module.css'

export const unreadNotifications = queryOptions({
  queryKey: ['notifications', 'unread'],
  queryFn: ({ signal }) => ask(api.GET('/me/notifications', { params: { query: { limit: 1 } }, signal })),
})

/** The way to what one was told, with how much of it is unread. */
export function NotificationsLink({ onGo }: { onGo?: () => void }) {
  const unread = useQuery(unreadNotifications).data?.unread
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return (
    <NavLink
      component={Link}
      to="/notifications"
      label="Notifications"
      className={classes.link ?? ''}
      active={path === '/notifications'}
      leftSection={<IconBell size={17} stroke={1.7} aria-hidden />}
      rightSection={
        unread !== undefined && unread.value > 0 ? (
          <Text size="xs" fw={600} component="span" aria-label={`${unread.value} unread`}>
            {unread.value}
            {unread.exact ? '' : '+'}
          </Text>
        ) : null
      }
      {...(onGo === undefined ? {} : { onClick: onGo })}
    />
  )
}
