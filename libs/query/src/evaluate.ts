import type { Row } from './fields.js'
import { and, not, or } from './kleene.js'
import type { Comparison, Leaf, Node, NormalNode, NumberLeaf, Query, TextLeaf, TextTest, Truth } from './query.js'
import { boolOf, isKnown, numberOf, textsOf, timeOf } from './values.js'

/** Whether the sorted list has the value; lists go up to a thousand. */
function has<Value extends string | number>(sorted: readonly Value[], value: Value): boolean {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = sorted[middle]
    if (found === undefined || found === value) return found === value
    if (found < value) low = middle + 1
    else high = middle - 1
  }
  return false
}

function compare(op: Comparison, left: number, right: number): boolean {
  switch (op) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '==':
      return left === right
  }
}

/** Whether one known text passes the test. Code points are compared as they are: no case folding, no normalisation. */
export function passes(test: TextTest, text: string): boolean {
  switch (test.op) {
    case 'oneOf':
      return has(test.values, text)
    case 'startsWith':
      return text.startsWith(test.value)
    case 'endsWith':
      return text.endsWith(test.value)
    case 'contains':
      return text.includes(test.value)
    case 'and':
      return test.tests.every((part) => passes(part, text))
    case 'or':
      return test.tests.some((part) => passes(part, text))
    case 'not':
      return !passes(test.test, text)
  }
}

function evaluateText(leaf: TextLeaf, row: Row): Truth {
  const { texts, complete } = textsOf(row, leaf)
  if (texts.some((text) => passes(leaf.test, text))) return true
  return complete ? false : 'unknown'
}

function evaluateNumber({ field, test }: NumberLeaf, row: Row): Truth {
  const value = numberOf(row, field)
  if (value === null) return 'unknown'
  return test.op === 'oneOf' ? has(test.values, value) : compare(test.op, value, test.value)
}

/** What one leaf is for a row at `now`, in milliseconds since the epoch. */
export function evaluateLeaf(leaf: Leaf, row: Row, now: number): Truth {
  switch (leaf.kind) {
    case 'text':
      return evaluateText(leaf, row)
    case 'number':
      return evaluateNumber(leaf, row)
    case 'bool':
      return boolOf(row, leaf.field) ?? 'unknown'
    case 'time': {
      const value = timeOf(row, leaf.field)
      return value === null ? 'unknown' : compare(leaf.op, value, leaf.at)
    }
    case 'age': {
      const value = timeOf(row, leaf.field)
      return value === null ? 'unknown' : compare(leaf.op, now - value, leaf.milliseconds)
    }
    case 'clock':
      return compare(leaf.op, now, leaf.at)
    case 'has':
      return isKnown(row, leaf)
  }
}

function evaluateNode(node: Node, row: Row, now: number): Truth {
  switch (node.kind) {
    case 'leaf':
      return evaluateLeaf(node.leaf, row, now)
    case 'not':
      return not(evaluateNode(node.node, row, now))
    case 'and':
      return and(node.nodes.map((part) => evaluateNode(part, row, now)))
    case 'or':
      return or(node.nodes.map((part) => evaluateNode(part, row, now)))
  }
}

/** What the query is for one row, from the tree as it was written: the plain reading that the others are held against. */
export function evaluate(query: Query, row: Row, now: Date): Truth {
  return evaluateNode(query.root, row, now.getTime())
}

/** Whether a query in normal form holds for one row. Unknown does not hold, and neither does its negation. */
export function holds(node: NormalNode, row: Row, now: Date): boolean {
  switch (node.kind) {
    case 'literal':
      return evaluateLeaf(node.leaf, row, now.getTime()) === !node.negated
    case 'and':
      return node.nodes.every((part) => holds(part, row, now))
    case 'or':
      return node.nodes.some((part) => holds(part, row, now))
  }
}
