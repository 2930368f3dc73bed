import type { NormalNode } from '@reprieve/query'
import { countBits, newBits, without } from './bits.js'
import { PlanCompiler } from './compile-plan.js'
import { InstanceRows, isOpen, isRow } from './instance-rows.js'
import { Members } from './members.js'
import { firstRows } from './ordering.js'
import { type Places, placesOf } from './places.js'
import type { Plan } from './plan.js'
import type { Position } from './row-order.js'
import { type Selection, selectRows } from './selection.js'
import type { SortBy } from './sort-term.js'
import { type Tally, tally } from './tally.js'

// 65 536 rows: what is computed of one page at a time stays in the caches.
const PAGE_BITS = 16

const KEV: NormalNode = { kind: 'literal', leaf: { kind: 'bool', field: 'kev' }, negated: false }

/** Which rows are asked for, beside a query. */
export interface Filter {
  /** In normal form; null selects all. */
  readonly query: NormalNode | null
  readonly status: 'open' | 'closed' | 'all'
  /** As covered by the exceptions that are in force. */
  readonly coverage: 'all' | 'covered' | 'uncovered' | 'deferred'
  /** Members of this exception, by its key. */
  readonly memberOf: number | null
  /** The time of evaluation, in milliseconds since the epoch. */
  readonly now: number
}

/**
 * The inventory as columns in memory. Holds what it is given; whoever feeds it answers for its being up to date.
 *
 * Texts, lists and numbers are kept once each and numbered; rows have the numbers. A test is made of each distinct value, and goes over the
 * rows as one look-up each.
 */
export class InventoryColumns {
  readonly rows: InstanceRows
  readonly members: Members

  /** @param pageBits a page of rows has two to the power of this many; tests take small ones */
  constructor(pageBits = PAGE_BITS) {
    this.rows = new InstanceRows(pageBits)
    this.members = new Members(this.rows)
  }

  /** About how many bytes it takes. */
  get bytes(): number {
    return this.rows.bytes + this.members.bytes
  }

  select(filter: Filter): Selection {
    const compiler = new PlanCompiler(this.rows, filter.now)
    const parts: Plan[] = [compiler.flags(statusTest(filter.status))]
    if (filter.query !== null) parts.push(compiler.compile(filter.query))
    const { suppressed, deferred } = this.rows
    if (filter.coverage === 'covered') parts.push({ kind: 'counted', column: suppressed, negated: false })
    if (filter.coverage === 'uncovered') parts.push({ kind: 'counted', column: suppressed, negated: true })
    if (filter.coverage === 'deferred') parts.push({ kind: 'counted', column: deferred, negated: false })
    if (filter.memberOf !== null) {
      const bits = newBits(this.rows.size)
      this.members.of(filter.memberOf).mark(bits)
      parts.push({ kind: 'rows', bits })
    }
    return selectRows(compiler.join('and', parts), this.rows.size, this.rows.bits)
  }

  /** Slots of the first rows of a selection in an order, behind a position. */
  first(selection: Selection, sort: readonly SortBy[], after: Position | null, limit: number): number[] {
    return firstRows(this.rows, selection, sort, after, limit)
  }

  /** Where the rows of a selection are that are no members of an exception yet. */
  placesOfOthers(selection: Selection, exception: number): Places {
    const members = newBits(selection.bits.length * 32)
    this.members.of(exception).mark(members)
    const bits = without(selection.bits, members)
    return placesOf(this.rows, { bits, count: countBits(bits) })
  }

  /** How many of a selection are known to be exploited. */
  countOfKev(selection: Selection, now: number): number {
    const kev = new PlanCompiler(this.rows, now).compile(KEV)
    const rows: Plan = { kind: 'rows', bits: selection.bits }
    return selectRows({ kind: 'and', parts: [rows, kev] }, this.rows.size, this.rows.bits).count
  }

  tally(selection: Selection): Tally {
    return tally(this.rows, selection)
  }
}

function statusTest(status: Filter['status']): (flags: number) => boolean {
  if (status === 'all') return isRow
  return (flags) => isRow(flags) && isOpen(flags) === (status === 'open')
}
