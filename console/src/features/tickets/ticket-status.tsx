import { Badge, Group } from '@mantine/core'
import type { Ticket } from '../../api/schemas.js'

/** Where a ticket stands: open or done, and what its exceptions make of it. */
export function TicketStatus({ ticket }: { ticket: Pick<Ticket, 'status' | 'deferredBy' | 'waitingRequest'> }) {
  const { status, deferredBy, waitingRequest } = ticket
  if (status === 'done') return <Badge color="teal">Done</Badge>
  return (
    <Group gap={4} wrap="nowrap">
      {deferredBy === null ? <Badge color="orange">Open</Badge> : <Badge color="blue">Deferred</Badge>}
      {waitingRequest !== null && <Badge color="yellow">Waiting</Badge>}
    </Group>
  )
}
