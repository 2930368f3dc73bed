import { Box, Drawer, Group, ScrollArea } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './details-drawer.module.css'

interface DetailsDrawerProps {
  title: ReactNode
  /** Below the title: a status, a few facts. */
  head?: ReactNode
  /** Beside the button that closes it. */
  tools?: ReactNode
  /** Stays at the lower edge: what can be done. */
  footer?: ReactNode
  size?: string | number
  onClose: () => void
  children: ReactNode
}

/** One thing's details over the list it is from. It has an address of its own: closing it goes to the list's. */
export function DetailsDrawer({ title, head, tools, footer, size = 720, onClose, children }: DetailsDrawerProps) {
  return (
    <Drawer.Root
      opened
      onClose={onClose}
      position="right"
      size={size}
      transitionProps={{ duration: 120 }}
      classNames={{ content: classes.content ?? '' }}
    >
      <Drawer.Overlay backgroundOpacity={0.2} />
      <Drawer.Content>
        <Box className={classes.header}>
          <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
            <Drawer.Title className={classes.title ?? ''}>{title}</Drawer.Title>
            <Group gap={4} wrap="nowrap">
              {tools}
              <Drawer.CloseButton aria-label="Close" />
            </Group>
          </Group>
          {head}
        </Box>
        <ScrollArea className={classes.body ?? ''} type="auto" viewportProps={{ tabIndex: 0 }}>
          <Drawer.Body p="md">{children}</Drawer.Body>
        </ScrollArea>
        {footer !== undefined && footer !== null && <Box className={classes.footer}>{footer}</Box>}
      </Drawer.Content>
    </Drawer.Root>
  )
}
