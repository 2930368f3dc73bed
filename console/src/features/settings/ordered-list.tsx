import { ActionIcon, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { moved } from './moved.js'

interface OrderedListProps<Item> {
  /** What one of them is called within a sentence: `step`. */
  word: string
  items: readonly Item[]
  onChange: (items: Item[]) => void
  make: () => Item
  /** Fewer cannot stay, more cannot come. */
  least?: number
  most: number
  mayWrite: boolean
  children: (item: Item, index: number) => ReactNode
}

/** What counts in its order: each can be moved or taken away, and more can be added. */
export function OrderedList<Item extends { key: string | number }>(props: OrderedListProps<Item>) {
  const { word, items, onChange, make, least = 0, most, mayWrite, children } = props
  return (
    <Stack gap="sm">
      {items.map((item, index) => {
        const title = `${word.charAt(0).toUpperCase()}${word.slice(1)} ${index + 1}`
        return (
          <Paper key={item.key} withBorder p="sm" component="section" aria-label={title}>
            <Group justify="space-between" mb={6} wrap="nowrap">
              <Text size="sm" fw={600}>
                {title}
              </Text>
              {mayWrite && (
                <OrderButtons
                  name={`${word} ${index + 1}`}
                  first={index === 0}
                  last={index === items.length - 1}
                  stays={items.length <= least}
                  onMove={(by) => onChange(moved(items, index, index + by))}
                  onRemove={() => onChange(items.filter((_, at) => at !== index))}
                />
              )}
            </Group>
            {children(item, index)}
          </Paper>
        )
      })}
      {mayWrite && (
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            disabled={items.length >= most}
            onClick={() => onChange([...items, make()])}
          >
            Add a {word}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

interface OrderButtonsProps {
  name: string
  first: boolean
  last: boolean
  stays: boolean
  onMove: (by: 1 | -1) => void
  onRemove: () => void
}

function OrderButtons({ name, first, last, stays, onMove, onRemove }: OrderButtonsProps) {
  const buttons = [
    { does: `Move ${name} up`, Icon: IconArrowUp, disabled: first, run: () => onMove(-1) },
    { does: `Move ${name} down`, Icon: IconArrowDown, disabled: last, run: () => onMove(1) },
    { does: `Remove ${name}`, Icon: IconTrash, disabled: stays, run: onRemove },
  ]
  return (
    <Group gap={2} wrap="nowrap">
      {buttons.map(({ does, Icon, disabled, run }) => (
        <ActionIcon key={does} variant="subtle" color="gray" aria-label={does} disabled={disabled} onClick={run}>
          <Icon size={16} />
        </ActionIcon>
      ))}
    </Group>
  )
}
