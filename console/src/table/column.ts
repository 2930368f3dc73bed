import type { ReactNode } from 'react'

/** One column of a table, as a page describes it. */
export interface Column<Row> {
  id: string
  /** Its head; also its name in the list of columns. */
  label: string
  cell: (row: Row) => ReactNode
  /** In pixels; the one that grows takes at least this. */
  width: number
  grows?: boolean
  /** Figures stand at the right. */
  align?: 'left' | 'right'
  /** The API's name to sort by; absent: it cannot be sorted. */
  sort?: string
  /** Not shown until somebody asks for it; `narrow`: where the window is too narrow for all; `telephone`: where it is one's. */
  hidden?: true | 'narrow' | 'telephone'
  /** Cannot be taken away. */
  always?: boolean
}
