import { Button, Group, Paper, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMay } from '../../session/me.js'
import { countOf } from '../../table/count-text.js'
import { justThese, MOST_SELECTED } from './selection.js'

interface SelectionBarProps {
  ids: readonly string[]
  onClear: () => void
}

/** What can be done with just the selected instances. */
export function SelectionBar({ ids, onClear }: SelectionBarProps) {
  const mayRequest = useMay('exceptions.request')
  const mayTicket = useMay('tickets.write', 'tickets.manage')
  const tooMany = ids.length > MOST_SELECTED
  const expression = tooMany ? '' : justThese(ids)
  return (
    <Paper
      withBorder
      shadow="md"
      px="md"
      py="xs"
      pos="fixed"
      bottom={44}
      left="50%"
      style={{ transform: 'translateX(-50%)', zIndex: 90 }}
      role="region"
      aria-label="Selected instances"
    >
      <Group gap="sm" wrap="nowrap">
        <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
          {countOf(ids.length, 'instance')} selected
        </Text>
        {tooMany ? (
          <Text size="xs" c="dimmed">
            More than {MOST_SELECTED}: say by a filter which ones you mean.
          </Text>
        ) : (
          <>
            {mayRequest && (
              <Button component={Link} to="/exceptions/new" search={{ expression } as never} size="compact-sm">
                Create Exception
              </Button>
            )}
            {mayTicket && (
              <Button
                component={Link}
                to="/tickets/new"
                search={{ expression } as never}
                size="compact-sm"
                variant="light"
              >
                Create Ticket
              </Button>
            )}
          </>
        )}
        <Button size="compact-sm" variant="subtle" onClick={onClear}>
          Clear
        </Button>
      </Group>
    </Paper>
  )
}
