import { Badge } from '@mantine/core'
import type { Instance } from '../../api/schemas.js'
import { Dash } from '../../table/dash.js'

/** Whether an exception takes it out of what has to be done (covered), or moves when it has to be (deferred). */
export function CoverageBadge({ instance }: { instance: Pick<Instance, 'coveredBy' | 'deferredBy'> }) {
  const { coveredBy, deferredBy } = instance
  if (coveredBy.length > 0)
    return (
      <Badge color="teal" size="sm">
        Covered
      </Badge>
    )
  if (deferredBy.length > 0)
    return (
      <Badge color="blue" size="sm">
        Deferred
      </Badge>
    )
  return <Dash means="uncovered" />
}
