import { ActionIcon, Group } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import { moved } from './rules/rule-values.js'

interface OrderButtonsProps<Item> {
  /** What one of them is called within a sentence: `step`. */
  word: string
  items: readonly Item[]
  index: number
  /** Fewer cannot stay. */
  least?: number
  onChange: (items: Item[]) => void
}

/** Moves one of an ordered list, or takes it away. */
export function OrderButtons<Item>({ word, items, index, least = 0, onChange }: OrderButtonsProps<Item>) {
  return (
    <Group gap={2} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Move ${word} ${index + 1} up`}
        disabled={index === 0}
        onClick={() => onChange(moved(items, index, index - 1))}
      >
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Move ${word} ${index + 1} down`}
        disabled={index === items.length - 1}
        onClick={() => onChange(moved(items, index, index + 1))}
      >
        <IconArrowDown size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Remove ${word} ${index + 1}`}
        disabled={items.length <= least}
        onClick={() => onChange(items.filter((_, at) => at !== index))}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  )
}
