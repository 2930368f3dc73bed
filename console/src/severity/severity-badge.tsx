import { Badge } from '@mantine/core'
import { memo } from 'react'
import type { Severity } from '../api/schemas.js'
import { SEVERITY_COLORS, severityWord } from './severity.js'

/** A severity as a word and a colour. */
export const SeverityBadge = memo(({ severity }: { severity: Severity }) => (
  <Badge color={SEVERITY_COLORS[severity]} size="sm">
    {severityWord(severity)}
  </Badge>
))
