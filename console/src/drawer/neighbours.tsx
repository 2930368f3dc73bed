import { ActionIcon, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'

export interface Neighbours {
  readonly previous: string | null
  readonly next: string | null
}

/** The ids before and after one, in the pages of the list that lies under its details. */
export function neighboursIn(
  pages: ReadonlyArray<{ readonly items: ReadonlyArray<{ readonly id: string }> }> | undefined,
  id: string,
): Neighbours {
  const ids = pages?.flatMap(({ items }) => items.map((item) => item.id)) ?? []
  const at = ids.indexOf(id)
  if (at < 0) return { previous: null, next: null }
  return { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null }
}

interface NeighbourButtonsProps {
  neighbours: Neighbours
  open: (id: string) => void
}

/** Go from one's details to the next's without the list between. */
export function NeighbourButtons({ neighbours: { previous, next }, open }: NeighbourButtonsProps) {
  return (
    <>
      <Tooltip label="The one before (k)">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="The one before"
          disabled={previous === null}
          onClick={() => previous !== null && open(previous)}
        >
          <IconChevronUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next (j)">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Next"
          disabled={next === null}
          onClick={() => next !== null && open(next)}
        >
          <IconChevronDown size={18} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}

/** The same by the keyboard, for `useKeys`. */
export const neighbourKeys = ({ previous, next }: Neighbours, open: (id: string) => void, group: string) => [
  { keys: 'j', does: 'Next', group, run: () => next !== null && open(next) },
  { keys: 'k', does: 'The one before', group, run: () => previous !== null && open(previous) },
]
