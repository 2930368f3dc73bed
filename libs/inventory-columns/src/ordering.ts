import { countBits } from './bits.js'
import { FirstRows } from './first-rows.js'
import type { InstanceRows } from './instance-rows.js'
import { Evaluation, type Plan } from './plan.js'
import { type Position, RowOrder } from './row-order.js'
import { prepared, type Selection } from './selection.js'
import { LAST, type Narrowing, type SortBy } from './sort-term.js'
import { blockBits } from './zones.js'

// Share of a page's rows that are let through, from which on a condition as narrow as the bound is by now is worth its making.
const LOOSE = 1 / 256
// Odd, so that steps of it visit each page once where their number is a power of two, and about 0.618 of it else.
const GOLDEN = 0.618_033_988_75

/**
 * The first rows of a selection in an order, each with the rows behind it; ties by id, in the direction of the first field. Nothing is
 * sorted but what is shown: the last of the first rows found so far is a bound. Whole blocks that lie behind it are passed over, and elsewhere
 * what lies behind it is passed over as what a filter does not select is, by one look-up a row.
 * @param after only rows behind this
 * @returns slots
 */
export function firstRows(
  rows: InstanceRows,
  selection: Selection,
  sort: readonly SortBy[],
  after: Position | null,
  limit: number,
): number[] {
  const order = new RowOrder(rows, sort, after)
  const first = new FirstRows(order, limit)
  const scan = new Scan(rows, order, first, selection.bits)
  const { narrowing } = order
  if (narrowing.by === 'zones') scan.byZones(narrowing)
  else scan.byPages(narrowing)
  return first.drain()
}

type By<Kind extends Narrowing['by']> = Extract<Narrowing, { by: Kind }>

/** Offers the rows of a selection, as few as can be told. */
class Scan {
  readonly #evaluation: Evaluation
  readonly #pageWords: number
  readonly #blockWords: number
  #condition: Plan | null = null
  #conditionBound = LAST

  constructor(
    private readonly rows: InstanceRows,
    private readonly order: RowOrder,
    private readonly first: FirstRows,
    private readonly selected: Uint32Array,
  ) {
    this.#evaluation = new Evaluation(rows.bits)
    this.#pageWords = 2 ** rows.bits / 32
    this.#blockWords = 2 ** blockBits(rows.bits) / 32
  }

  /** The zones with the smallest keys first, until all the others lie behind the bound. */
  byZones({ zones, select }: By<'zones'>): void {
    const words = this.#blockWords
    const perPage = this.#pageWords / words
    const { low } = this.order
    const left = new Uint32Array(words)
    const inOrder = zones(this.selected.length / words).sort((a, b) => a.least - b.least || a.block - b.block)
    for (const zone of inOrder) {
      const { block, least, most } = zone
      const { bound } = this.first
      // Where too few have been found, what has no key is wanted too, and no zone tells of it.
      if (least > bound) break
      if (most < low && bound !== LAST) continue
      const asked = this.selected.subarray(block * words, (block + 1) * words)
      const place = { page: Math.floor(block / perPage), from: (block % perPage) * words, asked }
      select(zone, place, low, bound, left)
      this.#offer(place.page, place.from, left)
    }
  }

  /** Page by page, under a condition as soon as there is a bound. */
  byPages({ within }: By<'condition'>): void {
    const words = this.#pageWords
    const left = new Uint32Array(words)
    for (const page of scattered(this.selected.length / words)) {
      let bits = this.selected.subarray(page * words, (page + 1) * words)
      if (this.#condition !== null) {
        this.#evaluation.select(this.#condition, page, bits, left)
        bits = left
      }
      this.#offer(page, 0, bits)
      if (countBits(bits) > words * 32 * LOOSE) this.#narrow(within)
    }
  }

  /** A new condition, for what the bound is now. */
  #narrow(within: By<'condition'>['within']): void {
    const { bound } = this.first
    if (bound === this.#conditionBound) return
    this.#condition = prepared(within(this.order.low, bound), this.rows.size)
    this.#conditionBound = bound
  }

  /** @param from the word of the page that these begin at */
  #offer(page: number, from: number, asked: Uint32Array): void {
    const { order, first } = this
    const base = page * this.#pageWords * 32
    for (let word = 0; word < asked.length; word++) {
      for (let left = asked[word] as number; left !== 0; left &= left - 1) {
        const slot = base + (from + word) * 32 + 31 - Math.clz32(left & -left)
        const key = order.keyOf(slot)
        if (key <= first.bound && order.isBehind(key, slot)) first.offer(key, slot)
      }
    }
  }
}

/** Pages in no order of theirs: where rows come sorted the wrong way round, each would otherwise replace all before it. */
function scattered(pages: number): number[] {
  const order = Array.from({ length: pages }, (_, page) => page)
  return order
    .map((page) => ({ page, at: (page * GOLDEN) % 1 }))
    .sort((a, b) => a.at - b.at)
    .map(({ page }) => page)
}
