import { holds, passes } from './evaluate.js'
import type { Row } from './fields.js'
import { formatLeaf } from './format.js'
import { leafKey, literalsOf } from './normal-form.js'
import type { Leaf, Literal, NormalNode, Query } from './query.js'
import { numberOf, textsOf } from './values.js'

/** Longer lists are told by the values that matched: a thousand ids are no reason anyone reads. */
const SHOWN_VALUES = 10

function formatReason({ leaf, negated }: Literal, row: Row): string {
  return negated ? shortened({ kind: 'literal', leaf, negated }) : formatLeaf(narrow(leaf, row))
}

function shortened({ leaf, negated }: Literal): string {
  const values = leaf.kind === 'text' || leaf.kind === 'number' ? listed(leaf) : []
  if (values.length <= SHOWN_VALUES) return formatLeaf(leaf, negated)
  const shown = values.slice(0, 3).map((value) => JSON.stringify(value))
  const list = `${leaf.field} in [${shown.join(', ')}, … ${values.length - shown.length} more]`
  return negated ? `!(${list})` : list
}

function listed({ test }: Extract<Leaf, { kind: 'text' | 'number' }>): readonly (string | number)[] {
  return test.op === 'oneOf' ? test.values : []
}

/** The leaf with the values that matched in place of a long list. */
function narrow(leaf: Leaf, row: Row): Leaf {
  if (leaf.kind === 'text' && leaf.test.op === 'oneOf' && leaf.test.values.length > SHOWN_VALUES) {
    const { test } = leaf
    const found = new Set(textsOf(row, leaf).texts.filter((text) => passes(test, text)))
    return { ...leaf, test: { op: 'oneOf', values: [...found] } }
  }
  if (leaf.kind === 'number' && leaf.test.op === 'oneOf' && leaf.test.values.length > SHOWN_VALUES) {
    const value = numberOf(row, leaf.field)
    return value === null ? leaf : { ...leaf, test: { op: 'oneOf', values: [value] } }
  }
  return leaf
}

/**
 * Why the query matches the row: the leaves and negated leaves that hold and carry the result, in the order of the text,
 * each once, written in the query language. Of an `||` those branches that hold. Empty if the query does not match.
 */
export function explain(query: Query, row: Row, now: Date): string[] {
  const reasons = new Set<string>()
  const visit = (node: NormalNode): void => {
    if (node.kind === 'literal') reasons.add(formatReason(node, row))
    else for (const part of node.nodes) if (holds(part, row, now)) visit(part)
  }
  if (holds(query.normal, row, now)) visit(query.normal)
  return [...reasons]
}

/** Whether all leaves of a query hold wherever it matches: it has no `||`, and no `!` before an `&&`. */
export function isConjunction({ normal }: Query): boolean {
  const visit = (node: NormalNode): boolean =>
    node.kind === 'literal' || (node.kind === 'and' && node.nodes.every(visit))
  return visit(normal)
}

/** Which of a query's literals (by their place in `literalsOf`) hold for the row; with them, why it matched can be told later. */
export function heldLiterals(query: Query, row: Row, now: Date): number[] {
  return literalsOf(query).flatMap((literal, index) => (holds(literal, row, now) ? [index] : []))
}

/**
 * Why a query matched, by the literals that held then: as `explain` says it, but for long lists, of which the value that matched is not
 * known any more. Empty if they do not make it match.
 * @param held places in `literalsOf`; null: all of them
 */
export function explainHeld(query: Query, held: readonly number[] | null): string[] {
  const literals = literalsOf(query)
  const kept = new Set((held ?? [...literals.keys()]).map((index) => keyOf(literals[index])))
  const holdsIn = (node: NormalNode): boolean => {
    if (node.kind === 'literal') return kept.has(keyOf(node))
    return node.kind === 'and' ? node.nodes.every(holdsIn) : node.nodes.some(holdsIn)
  }
  const reasons = new Set<string>()
  const visit = (node: NormalNode): void => {
    if (node.kind === 'literal') reasons.add(shortened(node))
    else for (const part of node.nodes) if (holdsIn(part)) visit(part)
  }
  if (holdsIn(query.normal)) visit(query.normal)
  return [...reasons]
}

const keyOf = (literal: Literal | undefined): string | null =>
  literal === undefined ? null : `${literal.negated ? '!' : ''}${leafKey(literal.leaf)}`
