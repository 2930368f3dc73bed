import type { Batch } from './batch.js'
import { both, copy, join, newBits } from './bits.js'
import type { SharedLeaf } from './shared-leaf.js'

/** A part of a query, shared by all queries that have it. */
export interface Part {
  readonly key: string
  users: number
  /** About which share of all rows it holds for, and how dear it is to ask: cheap and rare ones are asked first. */
  readonly share: number
  /** Writes those rows of `within` for which it holds into `into`. @returns whether there is any */
  select(within: Uint32Array, into: Uint32Array): boolean
  test(row: number): boolean
}

export class LiteralPart implements Part {
  users = 0

  constructor(
    readonly key: string,
    readonly leaf: SharedLeaf,
    readonly negated: boolean,
    readonly share: number,
    private readonly batch: Batch,
  ) {}

  select(within: Uint32Array, into: Uint32Array): boolean {
    return both(into, within, this.leaf.bits(this.negated), this.batch.words)
  }

  test(row: number): boolean {
    return this.leaf.test(row, this.negated)
  }
}

export class JoinPart implements Part {
  users = 0
  readonly share: number
  readonly parts: readonly Part[]
  readonly #batch: Batch
  readonly #isAnd: boolean
  #selectedIn = 0
  #selected: Uint32Array | null = null

  constructor(
    readonly key: string,
    readonly kind: 'and' | 'or',
    parts: readonly Part[],
    batch: Batch,
  ) {
    this.#isAnd = kind === 'and'
    this.#batch = batch
    // What ends an `and` soonest comes first; what fills an `or` soonest does.
    this.parts = parts.toSorted((a, b) => (this.#isAnd ? a.share - b.share : b.share - a.share))
    this.share = this.#isAnd
      ? parts.reduce((share, part) => share * part.share, 1)
      : 1 - parts.reduce((share, part) => share * (1 - part.share), 1)
  }

  select(within: Uint32Array, into: Uint32Array): boolean {
    if (this.users < 2) return this.#combine(within, into)
    // Several queries ask for it: once for the whole batch.
    const { stamp, words, all } = this.#batch
    this.#selected ??= newBits()
    if (this.#selectedIn !== stamp) {
      this.#selectedIn = stamp
      this.#combine(all, this.#selected)
    }
    return both(into, within, this.#selected, words)
  }

  test(row: number): boolean {
    const { parts } = this
    for (let index = 0; index < parts.length; index++) {
      if ((parts[index] as Part).test(row) !== this.#isAnd) return !this.#isAnd
    }
    return this.#isAnd
  }

  /** `into` may be `within`. */
  #combine(within: Uint32Array, into: Uint32Array): boolean {
    const { words } = this.#batch
    const { parts } = this
    if (this.#isAnd) {
      let left = within
      for (let index = 0; index < parts.length; index++) {
        if (!(parts[index] as Part).select(left, into)) return false
        left = into
      }
      return true
    }
    const batch = this.#batch
    const from = batch.borrow()
    const one = batch.borrow()
    copy(from, within, words)
    into.fill(0, 0, words)
    let any = false
    for (let index = 0; index < parts.length; index++) {
      if (!(parts[index] as Part).select(from, one)) continue
      join(into, one, words)
      any = true
    }
    batch.giveBack(2)
    return any
  }
}
