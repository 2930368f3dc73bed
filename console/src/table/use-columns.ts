import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import type { Column } from './column.js'

const WIDE = '(min-width: 1600px)'
const TELEPHONE = '(max-width: 480px)'

/** Which columns somebody wants to see in this table, kept on their machine. */
export function useColumnChoice<Row>(table: string, columns: readonly Column<Row>[]) {
  const [chosen, setChosen] = useLocalStorage<Record<string, boolean>>({
    key: `reprieve:columns:${table}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const wide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false })
  const telephone = useMediaQuery(TELEPHONE, false, { getInitialValueInEffect: false })
  const visible = Object.fromEntries(
    columns.map(({ id, hidden, always }) => {
      const atFirst = hidden === undefined || (hidden === 'narrow' && wide) || (hidden === 'telephone' && !telephone)
      return [id, always === true || (chosen[id] ?? atFirst)]
    }),
  )
  return {
    visible,
    toggle: (id: string) => setChosen((before) => ({ ...before, [id]: visible[id] !== true })),
    reset: () => setChosen({}),
  }
}
