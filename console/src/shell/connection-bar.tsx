import { Box, Group, Loader, Text } from '@mantine/core'
import { useNetwork } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { useLiveState } from '../api/live-updates.js'

// A short break heals itself before anybody has read of it.
const QUIET_MS = 2_500

/** Says plainly when what is shown may be old. */
export function ConnectionBar() {
  const { online } = useNetwork()
  const state = useLiveState()
  const broken = !online || state === 'lost'
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (!broken) return setShown(false)
    const timer = setTimeout(() => setShown(true), online ? QUIET_MS : 0)
    return () => clearTimeout(timer)
  }, [broken, online])

  return (
    <div role="status" aria-live="polite">
      {shown && (
        <Box bg="yellow.3" c="black" px="md" py={6}>
          <Group gap="xs" justify="center" wrap="nowrap">
            <Loader size={14} color="dark" aria-hidden />
            <Text size="sm">
              {online
                ? 'The connection to the server is lost. Reconnecting; until then what you see may be old.'
                : 'You are offline. What you see may be old; what you type is kept.'}
            </Text>
          </Group>
        </Box>
      )}
    </div>
  )
}
