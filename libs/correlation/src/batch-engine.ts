import {
  type InstanceRow,
  type MatchedPairs,
  type Matcher,
  type NormalNode,
  pinsOf,
  type Query,
  type Row,
  shareOf,
} from '@reprieve/query'
import { Batch } from './batch.js'
import { MOST_ROWS, newBits, setBit } from './bits.js'
import { Columns } from './columns.js'
import type { Part } from './part.js'
import { PartTable } from './part-table.js'
import type { TextColumn } from './text-column.js'

// Of all rows; a query whose pinned values are more common than this is asked of the whole batch.
const RARE = 0.06
// Candidates that are asked one by one; more are combined by words.
const PROBED = 16
const FIRST_ROOM = 4_096

/** A query, once however many ids it goes by. */
interface SharedQuery {
  readonly key: string
  readonly root: Part
  /** What is left to ask of a row that has a pinned value; null where nothing is. */
  readonly rest: Part | null
  readonly pins: readonly PinnedValue[] | null
  /** Numbers of its ids. */
  readonly slots: number[]
  /** The batch for which it was looked at last. */
  seen: number
}

interface PinnedValue {
  readonly of: PinnedColumn
  readonly value: string
  readonly code: number
}

/** Queries by the values that a row must have for them to match. */
interface PinnedColumn {
  readonly column: TextColumn
  readonly byCode: Map<number, SharedQuery[]>
}

/**
 * A matcher that turns the loop around: not every query for every row, but every distinct leaf once for a batch of rows, as a set of bits
 * that all queries share. A query that needs a rare value is not looked at where no row has it, and of the few rows that do only the rest of it is
 * asked; all other queries combine sets, rarest first, until nothing is left.
 */
export class BatchEngine implements Matcher {
  readonly #batch = new Batch()
  readonly #columns = new Columns(this.#batch)
  readonly #parts = new PartTable(this.#batch, this.#columns)
  readonly #queries = new Map<string, SharedQuery>()
  readonly #byId = new Map<string, { query: SharedQuery; slot: number }>()
  readonly #ids: string[] = []
  readonly #freeSlots: number[] = []
  readonly #pinned = new Map<TextColumn, PinnedColumn>()
  readonly #unpinned = new Set<SharedQuery>()
  readonly #candidates = new Int32Array(MOST_ROWS)
  readonly #mask = newBits()
  readonly #found = newBits()
  #rowsOut = new Uint32Array(FIRST_ROOM)
  #slotsOut = new Uint32Array(FIRST_ROOM)
  #pairs = 0
  #base = 0

  get size(): number {
    return this.#byId.size
  }

  set(id: string, query: Query): void {
    this.remove(id)
    let shared = this.#queries.get(query.key)
    if (shared === undefined) {
      shared = this.#add(query)
      this.#queries.set(query.key, shared)
    }
    const slot = this.#freeSlots.pop() ?? this.#ids.length
    this.#ids[slot] = id
    shared.slots.push(slot)
    this.#byId.set(id, { query: shared, slot })
  }

  remove(id: string): void {
    const entry = this.#byId.get(id)
    if (entry === undefined) return
    const { query, slot } = entry
    this.#byId.delete(id)
    this.#freeSlots.push(slot)
    query.slots.splice(query.slots.indexOf(slot), 1)
    if (query.slots.length === 0) this.#drop(query)
  }

  match(rows: readonly InstanceRow[], now: Date): MatchedPairs {
    this.#pairs = 0
    for (this.#base = 0; this.#base < rows.length; this.#base += MOST_ROWS) {
      const isWhole = this.#base === 0 && rows.length <= MOST_ROWS
      this.#batch.next(
        (isWhole ? rows : rows.slice(this.#base, this.#base + MOST_ROWS)) as readonly Row[],
        now.getTime(),
      )
      for (const pinned of this.#pinned.values()) this.#matchPinned(pinned)
      for (const query of this.#unpinned) {
        if (query.root.select(this.#batch.all, this.#found)) this.#emitBits(query, this.#found)
      }
    }
    this.#batch.end()
    const slots = this.#slotsOut.slice(0, this.#pairs)
    const ids = this.#ids
    return { rows: this.#rowsOut.slice(0, this.#pairs), slots, idOf: (slot) => ids[slot] ?? '' }
  }

  #matchPinned({ column, byCode }: PinnedColumn): void {
    for (const code of column.present()) {
      const queries = byCode.get(code)
      if (queries === undefined) continue
      const count = column.rowsOf(code, this.#candidates)
      for (let index = 0; index < queries.length; index++) {
        const query = queries[index] as SharedQuery
        if (query.pins?.length === 1) this.#ask(query, count)
        else this.#askOfAll(query)
      }
    }
  }

  /** Asks the first `count` candidates. */
  #ask(query: SharedQuery, count: number): void {
    const { rest } = query
    const candidates = this.#candidates
    if (rest === null || count <= PROBED) {
      for (let index = 0; index < count; index++) {
        const row = candidates[index] as number
        if (rest === null || rest.test(row)) this.#emit(query, row)
      }
      return
    }
    this.#mask.fill(0, 0, this.#batch.words)
    for (let index = 0; index < count; index++) setBit(this.#mask, candidates[index] as number)
    if (rest.select(this.#mask, this.#found)) this.#emitBits(query, this.#found)
  }

  /** Asks every row that has one of several pinned values, once a batch. */
  #askOfAll(query: SharedQuery): void {
    if (query.seen === this.#batch.stamp) return
    query.seen = this.#batch.stamp
    this.#mask.fill(0, 0, this.#batch.words)
    for (const { of, code } of query.pins ?? []) of.column.mark(code, this.#mask)
    if (query.rest === null) this.#emitBits(query, this.#mask)
    else if (query.rest.select(this.#mask, this.#found)) this.#emitBits(query, this.#found)
  }

  #emitBits(query: SharedQuery, bits: Uint32Array): void {
    const { words } = this.#batch
    for (let word = 0; word < words; word++) {
      let left = bits[word] as number
      while (left !== 0) {
        const lowest = left & -left
        this.#emit(query, word * 32 + 31 - Math.clz32(lowest))
        left ^= lowest
      }
    }
  }

  #emit({ slots }: SharedQuery, row: number): void {
    for (let index = 0; index < slots.length; index++) {
      if (this.#pairs === this.#rowsOut.length) {
        this.#rowsOut = grown(this.#rowsOut)
        this.#slotsOut = grown(this.#slotsOut)
      }
      this.#rowsOut[this.#pairs] = this.#base + row
      this.#slotsOut[this.#pairs++] = slots[index] as number
    }
  }

  #add({ normal, key }: Query): SharedQuery {
    const root = this.#parts.use(normal)
    const pins = pinsOf(normal)
    const isRare =
      pins !== null && pins.reduce((share, { leaf, values }) => share + shareOf(leaf, values.length), 0) <= RARE
    if (!isRare) {
      const query: SharedQuery = { key, root, rest: null, pins: null, slots: [], seen: 0 }
      this.#unpinned.add(query)
      return query
    }
    const rest = restOf(normal, pins.length === 1 ? pins[0]?.leaf : undefined)
    const values: PinnedValue[] = []
    const query: SharedQuery = {
      key,
      root,
      rest: rest === null ? null : this.#parts.use(rest),
      pins: values,
      slots: [],
      seen: 0,
    }
    for (const { leaf, values: wanted } of pins) {
      const column = this.#columns.text(leaf)
      let of = this.#pinned.get(column)
      if (of === undefined) {
        of = { column, byCode: new Map() }
        this.#pinned.set(column, of)
      }
      for (const value of wanted) {
        const code = column.use(value)
        values.push({ of, value, code })
        const queries = of.byCode.get(code)
        if (queries === undefined) of.byCode.set(code, [query])
        else if (!queries.includes(query)) queries.push(query)
      }
    }
    return query
  }

  #drop(query: SharedQuery): void {
    this.#queries.delete(query.key)
    this.#unpinned.delete(query)
    for (const { of, value, code } of query.pins ?? []) {
      const queries = of.byCode.get(code)
      const at = queries?.indexOf(query) ?? -1
      if (queries !== undefined && at >= 0) queries.splice(at, 1)
      if (queries?.length === 0) of.byCode.delete(code)
      of.column.release(value)
      if (of.byCode.size === 0) this.#pinned.delete(of.column)
    }
    this.#parts.release(query.root)
    if (query.rest !== null) this.#parts.release(query.rest)
  }
}

/** What is left of a query for a row for which the pinned leaf holds: null if that is all it says, the whole where it is not known. */
function restOf(normal: NormalNode, pinned: unknown): NormalNode | null {
  if (pinned === undefined || normal.kind === 'or') return normal
  if (normal.kind === 'literal') return normal.leaf === pinned && !normal.negated ? null : normal
  const others = normal.nodes.filter((node) => node.kind !== 'literal' || node.negated || node.leaf !== pinned)
  const [only] = others
  if (others.length === normal.nodes.length) return normal
  return others.length === 1 && only !== undefined ? only : { kind: 'and', nodes: others }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
