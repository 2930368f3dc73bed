import { Anchor, Box, Group, Paper, Stack, Text } from '@mantine/core'
import { IconShieldOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Ticket } from '../../../api/schemas.js'
import { EmptyState } from '../../../feedback/empty-state.js'
import { Time } from '../../../time/time.js'
import { StatusBadge } from '../../exceptions/status-badge.js'
import { dayText } from '../day-text.js'
import { TICKET_USE_CASES } from '../use-case.js'
import { UpdateLine } from './update-line.js'

/** All exceptions that were asked for from the ticket, with what became of each. */
export function TicketExceptions({ ticket: { exceptions } }: { ticket: Ticket }) {
  if (exceptions.length === 0)
    return (
      <EmptyState
        icon={IconShieldOff}
        title="No exceptions"
        text="Its owner can ask for a later due date: an exception that a reviewer decides on."
      />
    )
  return (
    <Stack gap="sm">
      {exceptions.map((one) => (
        <Paper key={one.id} withBorder p="sm">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Anchor component={Link} to={`/exceptions/${one.id}`} size="sm" fw={500}>
              Due on {dayText(one.proposedDueDate)}
            </Anchor>
            <StatusBadge status={one.status} />
          </Group>
          <Text size="xs" c="dimmed" mt={2}>
            {TICKET_USE_CASES[one.useCase]} · requested by {one.requestedBy.name} <Time at={one.requestedAt} as="ago" />{' '}
            · reviewed by {one.reviewer.name}
            {one.assignedBy === null ? '' : ` (${one.assignedBy})`}
          </Text>
          {one.updates.length > 0 && (
            <Box mt="sm">
              <UpdateLine updates={one.updates} />
            </Box>
          )}
        </Paper>
      ))}
    </Stack>
  )
}
