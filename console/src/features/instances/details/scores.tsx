import { Group, Paper, Text } from '@mantine/core'
import type { Instance } from '../../../api/schemas.js'
import { SeverityBadge } from '../../../severity/severity-badge.js'
import { yesNo } from '../words.js'

/** How bad it is, in one row. */
export function Scores({ instance }: { instance: Instance }) {
  const { severity, cvss, epss, kev, fixAvailable } = instance
  return (
    <Paper withBorder px="md" py="sm">
      <Group gap="xl">
        <Score label="Severity">
          <SeverityBadge severity={severity} />
        </Score>
        <Score label="CVSS">{cvss?.toFixed(1) ?? '–'}</Score>
        <Score label="EPSS">{epss === null ? '–' : `${(epss * 100).toFixed(1)} %`}</Score>
        <Score label="Known exploited (KEV)" warn={kev === true}>
          {yesNo(kev)}
        </Score>
        <Score label="Fix available">{yesNo(fixAvailable)}</Score>
      </Group>
    </Paper>
  )
}

function Score({ label, children, warn = false }: { label: string; children: React.ReactNode; warn?: boolean }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text
        component="div"
        fw={600}
        size="sm"
        className="figures"
        {...(warn ? { c: 'var(--mantine-color-error)' } : {})}
      >
        {children}
      </Text>
    </div>
  )
}
