import { Burger, Drawer, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { openSpotlight } from '@mantine/spotlight'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { LiveUpdates } from '../api/live-updates.js'
import { useMay, useMe } from '../session/me.js'
import { SignInAgain } from '../session/sign-in-again.js'
import { ConnectionBar } from './connection-bar.js'
import { useKeys } from './keys.js'
import { KeysHelp } from './keys-help.js'
import { Mark } from './mark.js'
import { placesFor } from './navigation.js'
import { Palette } from './palette.js'
import classes from './shell.module.css'
import { Sidebar } from './sidebar.js'

/** The frame around every page: where one can go, who one is, and whether what is shown is new. */
export function AppShell() {
  const me = useMe()
  const navigate = useNavigate()
  const mayRequest = useMay('exceptions.request')
  const [menuOpened, menu] = useDisclosure()
  const [keysOpened, keys] = useDisclosure()
  useKeys([
    ...placesFor(me.permissions).map(({ key, label, to }) => ({
      keys: `g ${key}`,
      does: label,
      group: 'Go to',
      run: () => void navigate({ to }),
    })),
    ...(mayRequest
      ? [
          {
            keys: 'c',
            does: 'Create Exception',
            group: 'Actions',
            run: () => void navigate({ to: '/exceptions/new' }),
          },
        ]
      : []),
    { keys: '/', does: 'Find', group: 'Actions', run: () => openSpotlight() },
    { keys: '?', does: 'Show the keys', group: 'Actions', run: keys.open },
  ])

  return (
    <LiveUpdates>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <div className={classes.shell}>
        <Sidebar className={classes.sidebar} onKeys={keys.open} />
        <div className={classes.main}>
          <header className={classes.topbar}>
            <Group gap="xs">
              <Mark />
              <Text fw={600}>Reprieve</Text>
            </Group>
            <Burger opened={menuOpened} onClick={menu.toggle} size="sm" aria-label="Open the menu" />
          </header>
          <ConnectionBar />
          <main id="content" className={classes.content} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      <Drawer
        opened={menuOpened}
        onClose={menu.close}
        position="left"
        size={260}
        title="Menu"
        closeButtonProps={{ 'aria-label': 'Close the menu' }}
      >
        <Sidebar onKeys={keys.open} onGo={menu.close} />
      </Drawer>
      <Palette />
      <KeysHelp opened={keysOpened} onClose={keys.close} />
      <SignInAgain />
    </LiveUpdates>
  )
}
