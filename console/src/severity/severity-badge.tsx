import { Badge } from '@mantine/core'
import type { Severity } from '../api/schemas.js'
import { SEVERITY_COLORS, severityWord } from './severity.js'

/** A severity as a word and a colour. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  return (
    <Badge color={SEVERITY_COLORS[severity]} size="sm">
      {severityWord(severity)}
    </Badge>
  )
}
