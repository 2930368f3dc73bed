import type { TextLeaf } from '@reprieve/query'
import type { Batch } from './batch.js'
import { type Measure, NumberColumn } from './number-column.js'
import { TextColumn } from './text-column.js'

/** The columns of a batch that queries ask about, each made when it is first asked for. There are as many as fields, so none is let go of. */
export class Columns {
  readonly #batch: Batch
  readonly #texts = new Map<string, TextColumn>()
  readonly #numbers = new Map<string, NumberColumn>()

  constructor(batch: Batch) {
    this.#batch = batch
  }

  text({ field, list, alsoIn }: Pick<TextLeaf, 'field' | 'list' | 'alsoIn'>): TextColumn {
    let column = this.#texts.get(field)
    if (column === undefined) {
      column = new TextColumn(this.#batch, field, list, alsoIn)
      this.#texts.set(field, column)
    }
    return column
  }

  number(field: string, measure: Measure): NumberColumn {
    const name = `${measure} ${field}`
    let column = this.#numbers.get(name)
    if (column === undefined) {
      column = new NumberColumn(this.#batch, field, measure)
      this.#numbers.set(name, column)
    }
    return column
  }
}
