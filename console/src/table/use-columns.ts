import { useLocalStorage } from '@mantine/hooks'
import type { Column } from './column.js'

/** Which columns somebody wants to see in this table, kept on their machine. */
export function useColumnChoice<Row>(table: string, columns: readonly Column<Row>[]) {
  const [chosen, setChosen] = useLocalStorage<Record<string, boolean>>({
    key: `reprieve:columns:${table}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const visible = Object.fromEntries(
    columns.map(({ id, hidden, always }) => [id, always === true || (chosen[id] ?? hidden !== true)]),
  )
  return {
    visible,
    toggle: (id: string) => setChosen((before) => ({ ...before, [id]: visible[id] !== true })),
    reset: () => setChosen({}),
  }
}
