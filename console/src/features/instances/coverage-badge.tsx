import { Badge } from '@mantine/core'
import type { Instance } from '../../api/schemas.js'
import { Dash } from '../../table/dash.js'

// Made once: what is the same in the next row of a table is not drawn again.
const COVERED = (
  <Badge color="teal" size="sm">
    Covered
  </Badge>
)
const DEFERRED = (
  <Badge color="blue" size="sm">
    Deferred
  </Badge>
)
const UNCOVERED = <Dash means="uncovered" />

/** Whether an exception takes it out of what has to be done (covered), or moves when it has to be (deferred). */
export function CoverageBadge({ instance }: { instance: Pick<Instance, 'coveredBy' | 'deferredBy'> }) {
  const { coveredBy, deferredBy } = instance
  return coveredBy.length > 0 ? COVERED : deferredBy.length > 0 ? DEFERRED : UNCOVERED
}
