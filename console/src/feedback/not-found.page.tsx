import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { EmptyState } from './empty-state.js'

export function NotFoundPage() {
  return (
    <EmptyState
      page
      icon={IconMapOff}
      title="There is no page at this address"
      text="It may have been moved, or the link was cut short."
      action={
        <Button component={Link} to="/" variant="default">
          Go to Home
        </Button>
      }
    />
  )
}
