import { Badge } from '@mantine/core'
import type { ExceptionStatus } from '../../api/schemas.js'
import { STATUSES } from './status.js'

export function StatusBadge({ status }: { status: ExceptionStatus }) {
  const { word, color } = STATUSES[status]
  return (
    <Badge color={color} size="md">
      {word}
    </Badge>
  )
}
