import { Box, Checkbox, Skeleton, Text, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react'
import {
  type ColumnDef,
  columnVisibilityFeature,
  type RowData,
  type RowSelectionState,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Count } from '../api/schemas.js'
import { type KeyBinding, useKeys } from '../shell/keys.js'
import type { Column } from './column.js'
import { countOf, numberText } from './count-text.js'
import classes from './data-table.module.css'
import { direction, nextSort } from './sorting.js'
import { useSlots } from './use-slots.js'

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature })

const ROW_HEIGHT = 38
const SELECT_WIDTH = 40
// As many rows before the end the next page is asked for.
const AHEAD = 20
const SKELETONS = Array.from({ length: 12 }, (_, index) => index)
const INTERACTIVE = 'a,button,input,label,[role=checkbox]'

export type Selection = Readonly<Record<string, true>>

export interface DataTableProps<Row extends RowData> {
  /** What the table lists, for those who do not see it. */
  label: string
  /** What one row is, within a sentence. */
  noun: string
  /** Several of them; absent: with an s. */
  nouns?: string
  columns: readonly Column<Row>[]
  /** By a column's id. */
  visible: Readonly<Record<string, boolean>>
  rows: readonly Row[]
  rowId: (row: Row) => string
  count?: Count | undefined
  loading: boolean
  /** The next page, where there is one. */
  more?: { has: boolean; loading: boolean; load: () => void }
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  /** Opens a row's details. */
  onOpen: (row: Row) => void
  /** The one whose details are open. */
  openId?: string | undefined
  selection?: RowSelectionState
  onSelection?: (selection: RowSelectionState) => void
  empty: ReactNode
  /** Keys for the row that the cursor is on. */
  rowKeys?: (row: Row) => readonly KeyBinding[]
}

/**
 * A list as a table: rows are drawn as they come into view, pages follow by themselves, `j` and `k` move a cursor, Enter opens what it is
 * on, `x` selects it.
 */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { columns, rows, more, onOpen, selection, onSelection } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState<number>(-1)
  const selects = onSelection !== undefined
  // The same for every row and every time, so that nothing is done again for it.
  const latest = useRef(props)
  latest.current = props
  const rowId = useCallback((row: Row) => latest.current.rowId(row), [])
  const open = useCallback((row: Row) => latest.current.onOpen(row), [])
  const select = useCallback((id: string, selected: boolean) => {
    const { [id]: _, ...others } = latest.current.selection ?? {}
    latest.current.onSelection?.(selected ? { ...others, [id]: true } : others)
  }, [])
  const toTable = useCallback(() => scroller.current?.focus({ preventScroll: true }), [])
  // Asking each row whether it is selected would take as long as there are rows, with every step of scrolling.
  const anySelected = selection !== undefined && Object.values(selection).includes(true)
  const allSelected = useMemo(
    () => anySelected && rows.every((row) => selection?.[rowId(row)]),
    [anySelected, rows, selection, rowId],
  )

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()

  const definitions = useMemo(
    () => columns.map(({ id, label }): ColumnDef<typeof features, Row> => ({ id, header: label })),
    [columns],
  )
  // The table knows the rows in view only: to make a model of all of them would take longer with each page.
  const data = useMemo(() => items.flatMap(({ index }) => rows[index] ?? []), [items, rows])
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowId,
    state: { columnVisibility: { ...props.visible }, rowSelection: selection ?? {} },
  })
  const inView = table.getRowModel().rows
  const slots = useSlots(inView.map(({ id }) => id))
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns])
  const shownIds = table
    .getVisibleLeafColumns()
    .map(({ id }) => id)
    .join()
  const shown = useMemo(() => shownIds.split(',').flatMap((id) => byId.get(id) ?? []), [shownIds, byId])

  const firstIndex = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  const wantsMore = more?.has === true && !more.loading && last >= rows.length - AHEAD
  useEffect(() => {
    if (wantsMore) more?.load()
  }, [wantsMore, more])

  // What is open is where the cursor is, also when it was opened by its address.
  const { openId } = props
  const openIndex = useMemo(
    () => (openId === undefined ? -1 : rows.findIndex((row) => rowId(row) === openId)),
    [rows, openId, rowId],
  )
  useEffect(() => {
    if (openIndex >= 0) setCursor(openIndex)
  }, [openIndex])

  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    setCursor(next)
    virtual.scrollToIndex(next)
  }
  const current = rows[cursor]
  const toggleCurrent = () => {
    if (current !== undefined) select(rowId(current), selection?.[rowId(current)] !== true)
  }
  useKeys([
    { keys: 'j', does: 'Next row', group: props.label, run: () => move(cursor + 1) },
    { keys: 'k', does: 'Row before', group: props.label, run: () => move(cursor - 1) },
    { keys: 'o', does: 'Open the row', group: props.label, run: () => current && onOpen(current) },
    ...(selects ? [{ keys: 'x', does: 'Select the row', group: props.label, run: toggleCurrent }] : []),
    ...(current === undefined ? [] : (props.rowKeys?.(current) ?? [])),
  ])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return
    if (event.key === 'ArrowDown') move(cursor + 1)
    else if (event.key === 'ArrowUp') move(cursor - 1)
    else if (event.key === 'Home') move(0)
    else if (event.key === 'End') move(rows.length - 1)
    else if (event.key === 'Enter' && current) onOpen(current)
    else return
    event.preventDefault()
  }

  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const columnCount = shown.length + (selects ? 1 : 0)
  const width = shown.reduce((sum, column) => sum + column.width, selects ? SELECT_WIDTH : 0)

  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: it is the part of the page that scrolls, which keyboards must reach */}
      <div
        ref={scroller}
        className={classes.scroller}
        role="region"
        aria-label={props.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <table className={classes.table} style={{ minWidth: width }} aria-rowcount={props.count?.value ?? -1}>
          <colgroup>
            {selects && <col style={{ width: SELECT_WIDTH }} />}
            {shown.map(({ id, width: size, grows }) => (
              <col key={id} style={grows ? {} : { width: size }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {selects && (
                <th className={classes.select}>
                  <Checkbox
                    size="xs"
                    aria-label="Select all rows that are loaded"
                    checked={allSelected}
                    indeterminate={anySelected && !allSelected}
                    onChange={({ currentTarget: { checked } }) =>
                      onSelection?.(checked ? Object.fromEntries(rows.map((row) => [rowId(row), true])) : {})
                    }
                  />
                </th>
              )}
              {shown.map((column) => (
                <Head key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {props.loading &&
              SKELETONS.map((index) => (
                <tr key={index} aria-hidden>
                  <td colSpan={columnCount}>
                    <Skeleton height={12} width={`${90 - ((index * 17) % 40)}%`} />
                  </td>
                </tr>
              ))}
            {before > 0 && (
              <tr aria-hidden>
                <td colSpan={columnCount} className={classes.spacer} style={{ height: before }} />
              </tr>
            )}
            {inView.map((row, place) => (
              <BodyRow
                key={slots[place]}
                row={row.original}
                id={row.id}
                index={firstIndex + place}
                columns={shown}
                cursor={firstIndex + place === cursor}
                open={row.id === openId}
                selected={row.getIsSelected()}
                onOpen={open}
                onSelect={selects ? select : undefined}
                onLeave={toTable}
              />
            ))}
            {after > 0 && (
              <tr aria-hidden>
                <td colSpan={columnCount} className={classes.spacer} style={{ height: after }} />
              </tr>
            )}
          </tbody>
        </table>
        {!props.loading && rows.length === 0 && props.empty}
      </div>
      <Box className={classes.footer} aria-live="polite">
        {props.count !== undefined && rows.length > 0 && (
          <Text size="xs" c="dimmed" className="figures">
            {rows.length < props.count.value || !props.count.exact
              ? `${numberText(rows.length)} of ${countOf(props.count, props.noun, props.nouns)} loaded`
              : countOf(props.count, props.noun, props.nouns)}
            {more?.loading ? ' · loading more …' : ''}
          </Text>
        )}
      </Box>
    </div>
  )
}

interface BodyRowProps<Row> {
  row: Row
  id: string
  index: number
  columns: readonly Column<Row>[]
  cursor: boolean
  open: boolean
  selected: boolean
  onOpen: (row: Row) => void
  onSelect: ((id: string, selected: boolean) => void) | undefined
  /** The row that the focus was in is out of view. */
  onLeave: () => void
}

function PlainBodyRow<Row>(props: BodyRowProps<Row>) {
  const { row, id, index, columns, cursor, open, selected, onOpen, onSelect, onLeave } = props
  const element = useRef<HTMLTableRowElement>(null)
  const latest = useRef({ id, onSelect })
  const replaced = latest.current.id !== id
  latest.current = { id, onSelect }
  useLayoutEffect(() => {
    // Another row is drawn here now, and the focus was the former one's.
    if (replaced && element.current?.contains(document.activeElement)) onLeave()
  })
  const select = useCallback((selected: boolean) => latest.current.onSelect?.(latest.current.id, selected), [])
  return (
    // Enter opens the row that the cursor is on, and its name is a link.
    <tr
      ref={element}
      className={classes.row}
      aria-rowindex={index + 2}
      data-cursor={cursor || undefined}
      data-open={open || undefined}
      data-selected={selected || undefined}
      onClick={(event: MouseEvent) => {
        // A link, a button or a selection of text is meant for itself.
        if ((event.target as Element).closest(INTERACTIVE) || getSelection()?.toString()) return
        onOpen(row)
      }}
    >
      {onSelect !== undefined && (
        <td className={classes.select}>
          <RowCheckbox selected={selected} onSelect={select} />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} data-align={column.align}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

/** One row; drawn again only when something of it has changed, not with every step of scrolling. */
const BodyRow = memo(PlainBodyRow) as typeof PlainBodyRow

interface RowCheckboxProps {
  selected: boolean
  onSelect: (selected: boolean) => void
}

const RowCheckbox = memo(({ selected, onSelect }: RowCheckboxProps) => (
  <Checkbox
    size="xs"
    aria-label="Select the row"
    checked={selected}
    onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
  />
))

interface HeadProps<Row> {
  column: Column<Row>
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

function Head<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const { sort: field, label, align } = column
  if (field === undefined)
    return (
      <th scope="col" data-align={align}>
        {label}
      </th>
    )
  const now = direction(sort, field)
  const Icon = now === 'ascending' ? IconArrowUp : now === 'descending' ? IconArrowDown : IconSelector
  const icon = <Icon size={13} stroke={1.8} aria-hidden className={now === 'none' ? (classes.idle ?? '') : ''} />
  return (
    <th scope="col" data-align={align} aria-sort={now}>
      <UnstyledButton className={classes.sorter ?? ''} onClick={() => onSort(nextSort(sort, field))}>
        {align === 'right' && icon}
        {label}
        {align !== 'right' && icon}
      </UnstyledButton>
    </th>
  )
}
