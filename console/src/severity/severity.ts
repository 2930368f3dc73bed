import type { Severity } from '../api/schemas.js'

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'none', 'unknown']

/** A colour each, by Mantine's names. */
export const SEVERITY_COLORS: Readonly<Record<Severity, string>> = {
  critical: 'red',
  high: 'orange',
  medium: 'yellow',
  low: 'blue',
  none: 'gray',
  unknown: 'gray',
}

export const severityWord = (severity: Severity): string => severity.charAt(0).toUpperCase() + severity.slice(1)
