import { evaluateLeaf } from './evaluate.js'
import type { InstanceRow, Row } from './fields.js'
import type { MatchedPairs, Matcher } from './matcher.js'
import { leafKey } from './normal-form.js'
import { type Pin, pinsOf } from './pins.js'
import type { Leaf, NormalNode, Query, TextLeaf, Truth } from './query.js'
import { textsOf } from './values.js'

/** A leaf that queries share, and what it was for the row that was looked at last. */
interface SharedLeaf {
  readonly key: string
  readonly leaf: Leaf
  users: number
  row: number
  truth: Truth
}

type Compiled =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly Compiled[] }
  | { readonly kind: 'literal'; readonly shared: SharedLeaf; readonly negated: boolean }

interface Entry {
  readonly slot: number
  readonly root: Compiled
  readonly leaves: readonly SharedLeaf[]
  readonly pins: readonly Pin[] | null
  /** The last row for which it was looked at, since a row can have several of its pins. */
  row: number
}

/** The queries pinned to values of one field. */
interface PinnedField {
  readonly leaf: TextLeaf
  readonly byValue: Map<string, Set<Entry>>
}

/**
 * A matcher that goes row by row: each distinct leaf is evaluated at most once a row, and a query whose pinned value the
 * row does not have is not looked at.
 */
export class InterpretingMatcher implements Matcher {
  readonly #entries = new Map<string, Entry>()
  readonly #ids: string[] = []
  readonly #freeSlots: number[] = []
  readonly #leaves = new Map<string, SharedLeaf>()
  readonly #pinned = new Map<string, PinnedField>()
  readonly #unpinned = new Set<Entry>()
  /** Counts rows over all batches, so that what is remembered of one never serves another. */
  #row = 0

  set(id: string, query: Query): void {
    this.remove(id)
    const leaves: SharedLeaf[] = []
    const slot = this.#freeSlots.pop() ?? this.#ids.length
    this.#ids[slot] = id
    const entry: Entry = {
      slot,
      root: this.#compile(query.normal, leaves),
      leaves,
      pins: pinsOf(query.normal),
      row: 0,
    }
    this.#entries.set(id, entry)
    if (entry.pins === null) this.#unpinned.add(entry)
    else for (const pin of entry.pins) this.#pin(entry, pin)
  }

  remove(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    this.#freeSlots.push(entry.slot)
    this.#unpinned.delete(entry)
    for (const pin of entry.pins ?? []) this.#unpin(entry, pin)
    for (const shared of entry.leaves) if (--shared.users === 0) this.#leaves.delete(shared.key)
  }

  match(rows: readonly InstanceRow[], now: Date): MatchedPairs {
    const at = now.getTime()
    const matchedRows: number[] = []
    const slots: number[] = []
    rows.forEach((row, index) => {
      this.#row++
      const look = (entry: Entry) => {
        if (entry.row === this.#row) return
        entry.row = this.#row
        if (!this.#holds(entry.root, row, at)) return
        matchedRows.push(index)
        slots.push(entry.slot)
      }
      for (const { leaf, byValue } of this.#pinned.values()) {
        for (const text of textsOf(row, leaf).texts) byValue.get(text)?.forEach(look)
      }
      this.#unpinned.forEach(look)
    })
    const ids = this.#ids
    return { rows: Uint32Array.from(matchedRows), slots: Uint32Array.from(slots), idOf: (slot) => ids[slot] ?? '' }
  }

  #compile(node: NormalNode, leaves: SharedLeaf[]): Compiled {
    if (node.kind !== 'literal') {
      return { kind: node.kind, nodes: node.nodes.map((part) => this.#compile(part, leaves)) }
    }
    const key = leafKey(node.leaf)
    const shared = this.#leaves.get(key) ?? { key, leaf: node.leaf, users: 0, row: 0, truth: 'unknown' }
    shared.users++
    this.#leaves.set(key, shared)
    leaves.push(shared)
    return { kind: 'literal', shared, negated: node.negated }
  }

  #holds(node: Compiled, row: Row, at: number): boolean {
    switch (node.kind) {
      case 'literal': {
        const { shared } = node
        if (shared.row !== this.#row) {
          shared.truth = evaluateLeaf(shared.leaf, row, at)
          shared.row = this.#row
        }
        return shared.truth === !node.negated
      }
      case 'and':
        return node.nodes.every((part) => this.#holds(part, row, at))
      case 'or':
        return node.nodes.some((part) => this.#holds(part, row, at))
    }
  }

  #pin(entry: Entry, { leaf, values }: Pin): void {
    let field = this.#pinned.get(leaf.field)
    if (field === undefined) {
      field = { leaf, byValue: new Map() }
      this.#pinned.set(leaf.field, field)
    }
    for (const value of values) {
      const entries = field.byValue.get(value) ?? new Set()
      field.byValue.set(value, entries.add(entry))
    }
  }

  #unpin(entry: Entry, { leaf, values }: Pin): void {
    const field = this.#pinned.get(leaf.field)
    for (const value of values) {
      const entries = field?.byValue.get(value)
      if (entries?.delete(entry) && entries.size === 0) field?.byValue.delete(value)
    }
    if (field?.byValue.size === 0) this.#pinned.delete(leaf.field)
  }
}
