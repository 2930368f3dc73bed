import { leafKey, type NormalNode, shareOf } from '@reprieve/query'
import type { Batch } from './batch.js'
import type { Columns } from './columns.js'
import { JoinPart, LiteralPart, type Part } from './part.js'
import { type SharedLeaf, sharedLeaf } from './shared-leaf.js'

/** Parts of queries, each once however many queries have it. */
export class PartTable {
  readonly #batch: Batch
  readonly #columns: Columns
  readonly #parts = new Map<string, Part>()
  readonly #leaves = new Map<string, SharedLeaf>()

  constructor(batch: Batch, columns: Columns) {
    this.#batch = batch
    this.#columns = columns
  }

  /** How many distinct leaves there are. */
  get leaves(): number {
    return this.#leaves.size
  }

  /** The part that a node is, to be let go of with `release`. */
  use(node: NormalNode): Part {
    const part = this.#find(node)
    part.users++
    return part
  }

  release(part: Part): void {
    if (--part.users > 0) return
    this.#parts.delete(part.key)
    if (part instanceof JoinPart) for (const inner of part.parts) this.release(inner)
    if (part instanceof LiteralPart && --part.leaf.users === 0) {
      this.#leaves.delete(part.leaf.key)
      part.leaf.release()
    }
  }

  #find(node: NormalNode): Part {
    if (node.kind === 'literal') return this.#literal(node)
    const { kind } = node
    const inner = new Map<string, Part>()
    for (const each of node.nodes) {
      const part = this.#find(each)
      inner.set(part.key, part)
    }
    const [only] = inner.values()
    if (inner.size === 1 && only !== undefined) return only
    const key = `${kind}(${[...inner.keys()].toSorted().join('\n')})`
    const known = this.#parts.get(key)
    if (known !== undefined) return known
    const part = new JoinPart(key, kind, [...inner.values()], this.#batch)
    for (const each of part.parts) each.users++
    this.#parts.set(key, part)
    return part
  }

  #literal({ leaf, negated }: Extract<NormalNode, { kind: 'literal' }>): LiteralPart {
    const name = leafKey(leaf)
    const key = negated ? `!${name}` : name
    const known = this.#parts.get(key)
    if (known instanceof LiteralPart) return known
    let shared = this.#leaves.get(name)
    if (shared === undefined) {
      shared = sharedLeaf(name, leaf, this.#batch, this.#columns)
      this.#leaves.set(name, shared)
    }
    shared.users++
    const share = shareOf(leaf)
    const part = new LiteralPart(key, shared, negated, negated ? 1 - share : share, this.#batch)
    this.#parts.set(key, part)
    return part
  }
}
