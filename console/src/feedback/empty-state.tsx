import { Stack, Text, ThemeIcon } from '@mantine/core'
import type { TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  icon: TablerIcon
  title: string
  text: string
  /** What to do next. */
  action?: ReactNode
  /** It is the page: its title is the page's heading. */
  page?: boolean
  /** Within a card rather than a page. */
  small?: boolean
}

/** Where there is nothing to show: why, and what to do next. */
export function EmptyState({ icon: Icon, title, text, action, small = false, page = false }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py={small ? 'sm' : 56} px="md">
      <ThemeIcon size={small ? 36 : 44} radius="xl" variant="light" color="gray" aria-hidden>
        <Icon size={small ? 18 : 22} stroke={1.6} />
      </ThemeIcon>
      <Text fw={600} {...(page ? { component: 'h1' as const } : {})} m={0}>
        {title}
      </Text>
      <Text size="sm" c="dimmed" ta="center" maw={440}>
        {text}
      </Text>
      {action}
    </Stack>
  )
}
