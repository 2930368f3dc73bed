import { Box, Tabs } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { Outlet, useNavigate, useSearch } from '@tanstack/react-router'
import { EmptyState } from '../../feedback/empty-state.js'
import { useMay } from '../../session/me.js'
import { PageHeader } from '../../shell/page-header.js'
import { DeadLetters } from './dead-letters.js'
import { Feeds } from './feeds.js'
import { Imports } from './imports.js'
import type { ReportTab } from './reports-search.js'
import { Scans } from './scans.js'

/** Reports and Scanners: what comes in, from whom, and what became of it. */
export function ReportsPage() {
  const search = useSearch({ from: '/reports' })
  const navigate = useNavigate()
  const tabs: ReadonlyArray<{ id: ReportTab; label: string; may: boolean }> = [
    { id: 'imports', label: 'Imports', may: useMay('instances.publish', 'operations.manage', 'audit.read') },
    { id: 'scans', label: 'Scans', may: useMay('instances.read', 'instances.publish') },
    { id: 'feeds', label: 'Feeds', may: useMay('operations.manage') },
    { id: 'dead-letters', label: 'Dead letters', may: useMay('operations.manage') },
  ]
  const open = tabs.filter(({ may }) => may)
  const shown = open.find(({ id }) => id === search.tab)?.id ?? open[0]?.id
  return (
    <Box h="100%" display="flex" style={{ flexDirection: 'column' }}>
      <PageHeader title="Reports and Scanners">What scanners sent, and what became of it.</PageHeader>
      {shown === undefined ? (
        <EmptyState icon={IconLock} title="Nothing here is for you" text="Ask an administrator for what you need." />
      ) : (
        <>
          <Tabs
            value={shown}
            onChange={(tab) => void navigate({ to: '/reports', search: (tab === 'imports' ? {} : { tab }) as never })}
            px="var(--page-padding)"
            mb={shown === 'scans' ? 'xs' : 0}
          >
            <Tabs.List aria-label="Reports and Scanners">
              {open.map(({ id, label }) => (
                <Tabs.Tab key={id} value={id}>
                  {label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
          </Tabs>
          {shown === 'imports' && <Imports />}
          {shown === 'scans' && <Scans />}
          {shown === 'feeds' && <Feeds />}
          {shown === 'dead-letters' && <DeadLetters />}
        </>
      )}
      <Outlet />
    </Box>
  )
}
