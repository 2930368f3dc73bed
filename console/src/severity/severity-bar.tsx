import { Box, Group, Progress, Text } from '@mantine/core'
import type { Count, Severity } from '../api/schemas.js'
import { countText } from '../table/count-text.js'
import { SEVERITIES, SEVERITY_COLORS, severityWord } from './severity.js'

/** How a number of instances divides into severities: a bar, and the figures below it. */
export function SeverityBar({ counts, label }: { counts: Readonly<Record<Severity, Count>>; label: string }) {
  const total = SEVERITIES.reduce((sum, severity) => sum + counts[severity].value, 0)
  const present = SEVERITIES.filter((severity) => counts[severity].value > 0)
  return (
    <Box>
      <Progress.Root size={10} aria-label={label} role="img">
        {present.map((severity) => (
          <Progress.Section
            key={severity}
            value={(counts[severity].value / Math.max(1, total)) * 100}
            color={`${SEVERITY_COLORS[severity]}.6`}
            withAria={false}
          />
        ))}
      </Progress.Root>
      <Group gap="md" mt={6} className="figures">
        {present.map((severity) => (
          <Group key={severity} gap={6}>
            <Box w={8} h={8} bdrs={2} bg={`${SEVERITY_COLORS[severity]}.6`} aria-hidden />
            <Text size="xs">
              {severityWord(severity)}{' '}
              <Text span inherit fw={600}>
                {countText(counts[severity])}
              </Text>
            </Text>
          </Group>
        ))}
      </Group>
    </Box>
  )
}
