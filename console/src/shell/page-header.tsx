import { Box, Group, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

/** The head of a page: its name, what it is about in one line, and what can be done on it. */
export function PageHeader({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  useDocumentTitle(`${title} · Reprieve`)
  return (
    <Group justify="space-between" align="flex-start" px="var(--page-padding)" pt="md" pb="xs" gap="sm">
      <Box>
        <Title order={1}>{title}</Title>
        {children !== undefined && (
          <Box fz="sm" c="dimmed" mt={2}>
            {children}
          </Box>
        )}
      </Box>
      <Group gap="xs">{actions}</Group>
    </Group>
  )
}
