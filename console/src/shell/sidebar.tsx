import {
  Avatar,
  Box,
  Group,
  Kbd,
  Menu,
  NavLink,
  Stack,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import { openSpotlight } from '@mantine/spotlight'
import {
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSelector,
  IconSun,
  IconUser,
} from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { api, ask } from '../api/client.js'
import { NotificationsLink } from '../features/account/notifications-link.js'
import { waitingForMe } from '../features/exceptions/exception-queries.js'
import { useMe } from '../session/me.js'
import { Mark } from './mark.js'
import { placesFor } from './navigation.js'
import classes from './shell.module.css'

interface SidebarProps {
  className?: string | undefined
  onKeys: () => void
  onGo?: () => void
}

/** Where one can go, and who one is. */
export function Sidebar({ className, onKeys, onGo }: SidebarProps) {
  const me = useMe()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const waiting = useQuery(waitingForMe)
  const waits = waiting.data?.count.value ?? 0

  return (
    <Box component="nav" aria-label="Pages" className={className}>
      <Group gap="xs" px={8} py={4} mb={6}>
        <Mark />
        <Text fw={650} size="md">
          Reprieve
        </Text>
      </Group>
      <UnstyledButton
        onClick={() => openSpotlight()}
        px={8}
        py={6}
        mb={8}
        bd="1px solid var(--line)"
        bdrs="sm"
        bg="var(--mantine-color-body)"
      >
        <Group justify="space-between" wrap="nowrap">
          <Group gap={8} wrap="nowrap">
            <IconSearch size={15} stroke={1.8} aria-hidden />
            <Text size="sm" c="dimmed">
              Find
            </Text>
          </Group>
          <Kbd size="xs">Ctrl K</Kbd>
        </Group>
      </UnstyledButton>
      <Stack gap={1} flex={1}>
        {placesFor(me.permissions).map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            className={classes.link ?? ''}
            active={to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)}
            leftSection={<Icon size={17} stroke={1.7} aria-hidden />}
            rightSection={
              to === '/' && waits > 0 ? (
                <Text size="xs" fw={600} component="span" aria-label={`${waits} wait for you`}>
                  {waits}
                </Text>
              ) : null
            }
            {...(onGo === undefined ? {} : { onClick: onGo })}
          />
        ))}
      </Stack>
      <NotificationsLink {...(onGo === undefined ? {} : { onGo })} />
      <AccountMenu onKeys={onKeys} />
    </Box>
  )
}

function AccountMenu({ onKeys }: { onKeys: () => void }) {
  const me = useMe()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = async () => {
    await ask(api.DELETE('/session')).catch(() => null)
    client.clear()
    location.assign('/')
  }
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton p={8} bdrs="sm">
          <Group gap={8} wrap="nowrap">
            <Avatar size={26} radius="xl" name={me.name} color="iris" aria-hidden />
            <Box flex={1} miw={0}>
              <Text size="sm" fw={500} truncate>
                {me.name}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {me.role}
              </Text>
            </Box>
            <IconSelector size={15} stroke={1.7} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {me.email !== null && <Menu.Label>{me.email}</Menu.Label>}
        <Menu.Item leftSection={<IconUser size={15} />} onClick={() => navigate({ to: '/account' })}>
          My account
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={15} />} onClick={onKeys} rightSection={<Kbd size="xs">?</Kbd>}>
          Keys
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        {(
          [
            ['light', 'Light', IconSun],
            ['dark', 'Dark', IconMoon],
            ['auto', 'As the system', IconDeviceDesktop],
          ] as const
        ).map(([scheme, label, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={15} />}
            onClick={() => setColorScheme(scheme)}
            fw={colorScheme === scheme ? 600 : 400}
            aria-current={colorScheme === scheme || undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
