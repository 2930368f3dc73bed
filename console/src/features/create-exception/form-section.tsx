import { Box, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** A part of the request under its own head. */
export function FormSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section" aria-label={title}>
      <Text component="h3" fw={600} size="md" mb="sm" mt={0}>
        {title}
      </Text>
      <Stack gap="md">{children}</Stack>
    </Box>
  )
}
