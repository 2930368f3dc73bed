import { createHash } from 'node:crypto'
import { byCodeUnit } from './build.js'
import type { Comparison, Leaf, Literal, Node, NormalNode, Order, Query, TextTest } from './query.js'

const OPPOSITE: Readonly<Record<Order, Order>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' }
const isOrder = (op: Comparison | 'oneOf'): op is Order => op !== '==' && op !== 'oneOf'

function literal(leaf: Leaf, negated: boolean): Literal {
  if (!negated) return { kind: 'literal', leaf, negated }
  // A known value that is not below is at or above (NaN is not known), so an order needs no negation.
  if (leaf.kind === 'number' && isOrder(leaf.test.op) && 'value' in leaf.test) {
    const test = { op: OPPOSITE[leaf.test.op], value: leaf.test.value }
    return { kind: 'literal', leaf: { ...leaf, test }, negated: false }
  }
  if ((leaf.kind === 'time' || leaf.kind === 'age' || leaf.kind === 'clock') && isOrder(leaf.op)) {
    return { kind: 'literal', leaf: { ...leaf, op: OPPOSITE[leaf.op] }, negated: false }
  }
  return { kind: 'literal', leaf, negated }
}

/**
 * Pushes every `!` down to the leaves, by De Morgan's laws, which hold in Kleene's logic too. The result is true where the
 * query is, and where the query is false or unknown it does not hold. After that no third value is needed: one bit for
 * each leaf, and one for each negated leaf, set where it holds on a known value.
 */
export function toNormal(node: Node, negated = false): NormalNode {
  if (node.kind === 'leaf') return literal(node.leaf, negated)
  if (node.kind === 'not') return toNormal(node.node, !negated)
  const kind = (node.kind === 'and') === negated ? 'or' : 'and'
  const nodes = node.nodes.flatMap((part) => {
    const normal = toNormal(part, negated)
    return normal.kind === kind ? normal.nodes : [normal]
  })
  return { kind, nodes }
}

function testKey(test: TextTest): string {
  switch (test.op) {
    case 'oneOf':
      return `oneOf${JSON.stringify(test.values)}`
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return test.op + JSON.stringify(test.value)
    case 'not':
      return `!(${testKey(test.test)})`
    case 'and':
    case 'or':
      return `${test.op}(${[...new Set(test.tests.map(testKey))].sort(byCodeUnit)})`
  }
}

/** Equal for leaves that are the same test, so that what is evaluated for one query serves all. */
export function leafKey(leaf: Leaf): string {
  switch (leaf.kind) {
    case 'text':
      return `${leaf.field} ${testKey(leaf.test)}`
    case 'number':
      return `${leaf.field} ${leaf.test.op} ${leaf.test.op === 'oneOf' ? JSON.stringify(leaf.test.values) : leaf.test.value}`
    case 'bool':
      return leaf.field
    case 'time':
    case 'clock':
      return `${leaf.field} ${leaf.op} @${leaf.at}`
    case 'age':
      return `now-${leaf.field} ${leaf.op} ${leaf.milliseconds}ms`
    case 'has':
      return `has ${leaf.field}`
  }
}

/** A node reduced to its parts' keys: in one order, each once, those of the same kind taken in. */
interface Canonical {
  readonly kind: NormalNode['kind']
  readonly text: string
  readonly parts: ReadonlyMap<string, Canonical>
}

function canonical(node: NormalNode): Canonical {
  if (node.kind === 'literal') {
    return { kind: 'literal', text: `${node.negated ? '!' : ''}${leafKey(node.leaf)}`, parts: new Map() }
  }
  const parts = new Map<string, Canonical>()
  for (const child of node.nodes.map(canonical)) {
    if (child.kind === node.kind) for (const [text, part] of child.parts) parts.set(text, part)
    else parts.set(child.text, child)
  }
  const [only] = parts.values()
  if (parts.size === 1 && only !== undefined) return only
  return { kind: node.kind, text: `${node.kind}(${[...parts.keys()].sort(byCodeUnit)})`, parts }
}

/** One text for all queries that differ only in order, repetition and where `!` stands. */
export function keyOf(node: NormalNode): string {
  return canonical(node).text
}

/** Whether two queries say the same. Never true for queries that could differ on any row. */
export function sameQuery(a: Query, b: Query): boolean {
  return a.key === b.key
}

/** SHA-256 of the key in hexadecimal: the same for the same query, in every process and version of this language. */
export function hashQuery(query: Query): string {
  return createHash('sha256').update(query.key).digest('hex')
}

/** The leaves and negated leaves of a query in normal form, each once, in the order of the text. */
export function literalsOf(query: Query): Literal[] {
  const found = new Map<string, Literal>()
  const visit = (node: NormalNode): void => {
    if (node.kind !== 'literal') {
      node.nodes.forEach(visit)
      return
    }
    const key = `${node.negated ? '!' : ''}${leafKey(node.leaf)}`
    if (!found.has(key)) found.set(key, node)
  }
  visit(query.normal)
  return [...found.values()]
}

/** The distinct leaves of a query in normal form, in the order of the text. */
export function leavesOf(query: Query): Leaf[] {
  const found = new Map<string, Leaf>()
  for (const { leaf } of literalsOf(query)) {
    const key = leafKey(leaf)
    if (!found.has(key)) found.set(key, leaf)
  }
  return [...found.values()]
}
