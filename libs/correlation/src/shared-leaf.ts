import { boolOf, evaluateLeaf, type Leaf, type NumberLeaf, passes, type Row, type TextLeaf } from '@reprieve/query'
import type { Batch } from './batch.js'
import { copy, hasBit, newBits, setBit, without } from './bits.js'
import type { Columns } from './columns.js'
import type { NumberColumn } from './number-column.js'
import type { Affix, TextColumn } from './text-column.js'

// Single rows asked of a leaf in one batch before all rows are done at once: that costs as much as about so many.
const PROBES = 24

/** A leaf that queries share: what it is for every row of a batch is found out at most once. */
export abstract class SharedLeaf {
  users = 0
  #holdsIn = 0
  readonly #holds = newBits()
  #failsIn = 0
  #fails: Uint32Array | null = null
  #probedIn = 0
  #probes = 0

  constructor(
    readonly key: string,
    protected readonly leaf: Leaf,
    protected readonly batch: Batch,
  ) {}

  /** Rows for which it is true, or with `negated` those for which it is false. Those for which it is unknown are in neither. */
  bits(negated: boolean): Uint32Array {
    const { stamp, words } = this.batch
    if (this.#holdsIn !== stamp) {
      this.#holdsIn = stamp
      this.markHolding(this.#holds)
    }
    if (!negated) return this.#holds
    this.#fails ??= newBits()
    if (this.#failsIn !== stamp) {
      this.#failsIn = stamp
      without(this.#fails, this.known(), this.#holds, words)
    }
    return this.#fails
  }

  /** The same for one row. */
  test(row: number, negated: boolean): boolean {
    const { stamp } = this.batch
    if (this.#holdsIn !== stamp) {
      if (this.#probedIn !== stamp) {
        this.#probedIn = stamp
        this.#probes = 0
      }
      if (++this.#probes <= PROBES) {
        return evaluateLeaf(this.leaf, this.batch.rows[row] as Row, this.batch.now) === !negated
      }
    }
    return hasBit(this.bits(negated), row)
  }

  /** Gives back what it uses of the columns. */
  abstract release(): void

  /** Overwrites `into` with the rows for which it is true. */
  protected abstract markHolding(into: Uint32Array): void

  /** Rows for which it is true or false. */
  protected abstract known(): Uint32Array
}

/** The text is one of some values: nobody looks at rows that have none of them. */
class OneOfTexts extends SharedLeaf {
  readonly #column: TextColumn
  readonly #values: readonly string[]
  readonly #codes: readonly number[]

  constructor(key: string, leaf: TextLeaf, values: readonly string[], batch: Batch, columns: Columns) {
    super(key, leaf, batch)
    this.#column = columns.text(leaf)
    this.#values = values
    this.#codes = values.map((value) => this.#column.use(value))
  }

  release(): void {
    for (const value of this.#values) this.#column.release(value)
  }

  protected markHolding(into: Uint32Array): void {
    into.fill(0, 0, this.batch.words)
    for (const code of this.#codes) this.#column.mark(code, into)
  }

  protected known(): Uint32Array {
    return this.#column.known()
  }
}

/** How the text begins or ends. */
class AffixOfText extends SharedLeaf {
  readonly #column: TextColumn
  readonly #affix: Affix
  readonly #value: string
  readonly #code: number

  constructor(key: string, leaf: TextLeaf, affix: Affix, value: string, batch: Batch, columns: Columns) {
    super(key, leaf, batch)
    this.#column = columns.text(leaf)
    this.#affix = affix
    this.#value = value
    this.#code = this.#column.useAffix(affix, value)
  }

  release(): void {
    this.#column.releaseAffix(this.#affix, this.#value)
  }

  protected markHolding(into: Uint32Array): void {
    into.fill(0, 0, this.batch.words)
    this.#column.markAffix(this.#affix, this.#code, into)
  }

  protected known(): Uint32Array {
    return this.#column.known()
  }
}

/** Any other test of a text: once for each distinct text of the batch. */
class TestedText extends SharedLeaf {
  readonly #column: TextColumn
  readonly #test: TextLeaf['test']

  constructor(key: string, leaf: TextLeaf, batch: Batch, columns: Columns) {
    super(key, leaf, batch)
    this.#column = columns.text(leaf)
    this.#test = leaf.test
  }

  release(): void {}

  protected markHolding(into: Uint32Array): void {
    into.fill(0, 0, this.batch.words)
    const { texts, rows, places } = this.#column.dictionary()
    const passed = new Uint8Array(texts.length)
    texts.forEach((text, place) => {
      if (passes(this.#test, text)) passed[place] = 1
    })
    for (let index = 0; index < rows.length; index++) {
      if (passed[places[index] as number] === 1) setBit(into, rows[index] as number)
    }
  }

  protected known(): Uint32Array {
    return this.#column.known()
  }
}

type Order = Exclude<NumberLeaf['test'], { op: 'oneOf' }>['op']

/** Above or below a threshold. */
class Ordered extends SharedLeaf {
  readonly #column: NumberColumn
  readonly #op: Order
  readonly #threshold: number

  constructor(key: string, leaf: Leaf, batch: Batch, column: NumberColumn, op: Order, threshold: number) {
    super(key, leaf, batch)
    this.#column = column
    this.#op = op
    this.#threshold = threshold
    column.use(threshold)
  }

  release(): void {
    this.#column.release(this.#threshold)
  }

  protected markHolding(into: Uint32Array): void {
    const isUp = this.#op === '>' || this.#op === '>='
    this.#column.mark(this.#threshold, this.#op === '>=' || this.#op === '<', into)
    if (!isUp) without(into, this.#column.known(), into, this.batch.words)
  }

  protected known(): Uint32Array {
    return this.#column.known()
  }
}

/** One of some numbers or times. */
class OneOfNumbers extends SharedLeaf {
  readonly #column: NumberColumn
  readonly #values: ReadonlySet<number>

  constructor(key: string, leaf: Leaf, batch: Batch, column: NumberColumn, values: readonly number[]) {
    super(key, leaf, batch)
    this.#column = column
    this.#values = new Set(values)
  }

  release(): void {}

  protected markHolding(into: Uint32Array): void {
    const { size, words } = this.batch
    const values = this.#column.values()
    into.fill(0, 0, words)
    for (let row = 0; row < size; row++) if (this.#values.has(values[row] as number)) setBit(into, row)
  }

  protected known(): Uint32Array {
    return this.#column.known()
  }
}

/** Whatever is not worth a column: the truth of a field, whether it is known, the clock. */
class Plain extends SharedLeaf {
  #knownIn = 0
  readonly #known = newBits()

  release(): void {}

  protected markHolding(into: Uint32Array): void {
    const { rows, size, words, now, stamp } = this.batch
    into.fill(0, 0, words)
    this.#knownIn = stamp
    this.#known.fill(0, 0, words)
    if (this.leaf.kind === 'clock') {
      copy(this.#known, this.batch.all, words)
      if (evaluateLeaf(this.leaf, {}, now) === true) copy(into, this.batch.all, words)
      return
    }
    if (this.leaf.kind === 'bool') {
      const { field } = this.leaf
      for (let index = 0; index < size; index++) {
        const value = boolOf(rows[index] as Row, field)
        if (value === true) setBit(into, index)
        if (value !== null) setBit(this.#known, index)
      }
      return
    }
    for (let index = 0; index < size; index++) {
      const truth = evaluateLeaf(this.leaf, rows[index] as Row, now)
      if (truth === true) setBit(into, index)
      if (truth !== 'unknown') setBit(this.#known, index)
    }
  }

  protected known(): Uint32Array {
    if (this.#knownIn !== this.batch.stamp) throw new Error('what is known is found out with what holds')
    return this.#known
  }
}

export function sharedLeaf(key: string, leaf: Leaf, batch: Batch, columns: Columns): SharedLeaf {
  switch (leaf.kind) {
    case 'text':
      switch (leaf.test.op) {
        case 'oneOf':
          return new OneOfTexts(key, leaf, leaf.test.values, batch, columns)
        case 'startsWith':
        case 'endsWith':
          return new AffixOfText(key, leaf, leaf.test.op, leaf.test.value, batch, columns)
        default:
          return new TestedText(key, leaf, batch, columns)
      }
    case 'number': {
      const column = columns.number(leaf.field, 'number')
      return leaf.test.op === 'oneOf'
        ? new OneOfNumbers(key, leaf, batch, column, leaf.test.values)
        : new Ordered(key, leaf, batch, column, leaf.test.op, leaf.test.value)
    }
    case 'time':
    case 'age': {
      const column = columns.number(leaf.field, leaf.kind)
      const threshold = leaf.kind === 'time' ? leaf.at : leaf.milliseconds
      return leaf.op === '=='
        ? new OneOfNumbers(key, leaf, batch, column, [threshold])
        : new Ordered(key, leaf, batch, column, leaf.op, threshold)
    }
    case 'bool':
    case 'has':
    case 'clock':
      return new Plain(key, leaf, batch)
  }
}
