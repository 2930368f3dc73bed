import { Box, NavLink } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { Link, Navigate, Outlet, useParams } from '@tanstack/react-router'
import { EmptyState } from '../../feedback/empty-state.js'
import { useMe } from '../../session/me.js'
import { PageHeader } from '../../shell/page-header.js'
import { useActiveInView } from '../../shell/use-active-in-view.js'
import { sectionsFor } from './sections.js'
import classes from './settings.module.css'

/** Admin Settings: the parts that the reader may see, and the one that is open. */
export function SettingsPage() {
  const me = useMe()
  const { section } = useParams({ strict: false }) as { section?: string }
  const sections = sectionsFor(me.permissions)
  const nav = useActiveInView<HTMLElement>(section)
  const [first] = sections
  if (first === undefined)
    return <EmptyState icon={IconLock} title="Nothing here is for you" text="Ask an administrator for what you need." />
  if (section === undefined) return <Navigate to="/settings/$section" params={{ section: first.id }} replace />
  return (
    <Box h="100%" display="flex" style={{ flexDirection: 'column' }}>
      <PageHeader title="Admin Settings" />
      <div className={classes.columns}>
        <Box component="nav" ref={nav} aria-label="Settings" className={classes.nav}>
          {sections.map(({ id, label }) => (
            <NavLink
              key={id}
              component={Link}
              to={`/settings/${id}`}
              label={label}
              active={id === section}
              bdrs="sm"
              py={5}
            />
          ))}
        </Box>
        <Box className={classes.body}>
          <Outlet />
        </Box>
      </div>
    </Box>
  )
}
