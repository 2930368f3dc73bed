import { Group, Text } from '@mantine/core'
import type { Ticket } from '../../api/schemas.js'
import { dayText } from './day-text.js'

/** When it is due, and whether that is over. */
export function Due({ ticket }: { ticket: Pick<Ticket, 'dueDate' | 'overdue'> }) {
  if (ticket.dueDate === null)
    return (
      <Text span inherit c="dimmed">
        None yet
      </Text>
    )
  return (
    <Group gap={6} wrap="nowrap" component="span">
      <Text span inherit {...(ticket.overdue ? { c: 'var(--mantine-color-error)', fw: 600 } : {})}>
        {dayText(ticket.dueDate)}
        {ticket.overdue ? ' · overdue' : ''}
      </Text>
    </Group>
  )
}
