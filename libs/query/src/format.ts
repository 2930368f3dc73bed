import { formatDuration, formatTimestamp } from './literals.js'
import type { Leaf, Literal, Node, Query, TextLeaf, TextTest } from './query.js'

/** The name of the value inside `exists`. */
const VARIABLE = 'x'

// JSON's escapes are all CEL's too, and no lone surrogate gets this far.
const quote = (text: string): string => JSON.stringify(text)
const list = (values: readonly string[]): string => `[${values.join(', ')}]`

function double(value: number): string {
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

function oneOf(subject: string, values: readonly string[], negated: boolean): string {
  const [first] = values
  if (values.length === 1 && first !== undefined) return `${subject} ${negated ? '!=' : '=='} ${first}`
  return negated ? `!(${subject} in ${list(values)})` : `${subject} in ${list(values)}`
}

/** A test of one text; `subject` is the field or the variable. */
function formatTest(test: TextTest, subject: string, negated = false): string {
  const not = negated ? '!' : ''
  switch (test.op) {
    case 'oneOf':
      return oneOf(subject, test.values.map(quote), negated)
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return `${not}${subject}.${test.op}(${quote(test.value)})`
    case 'not':
      return formatTest(test.test, subject, !negated)
    case 'and':
    case 'or': {
      const sign = test.op === 'and' ? ' && ' : ' || '
      const text = test.tests
        .map((part) => (part.op === 'or' ? `(${formatTest(part, subject)})` : formatTest(part, subject)))
        .join(sign)
      return negated ? `!(${text})` : text
    }
  }
}

function formatText(leaf: TextLeaf, negated: boolean): string {
  if (!leaf.list) return formatTest(leaf.test, leaf.field, negated)
  if (leaf.test.op === 'oneOf' && leaf.test.values.length === 1) {
    const text = `${leaf.test.values.map(quote)} in ${leaf.field}`
    return negated ? `!(${text})` : text
  }
  return `${negated ? '!' : ''}${leaf.field}.exists(${VARIABLE}, ${formatTest(leaf.test, VARIABLE)})`
}

function formatComparison(leaf: Exclude<Leaf, TextLeaf | { kind: 'bool' | 'has' }>, negated: boolean): string {
  const compared = (subject: string, op: string, value: string) =>
    op === '==' && negated
      ? `${subject} != ${value}`
      : negated
        ? `!(${subject} ${op} ${value})`
        : `${subject} ${op} ${value}`
  switch (leaf.kind) {
    case 'number': {
      const show = leaf.type === 'double' ? double : String
      return leaf.test.op === 'oneOf'
        ? oneOf(leaf.field, leaf.test.values.map(show), negated)
        : compared(leaf.field, leaf.test.op, show(leaf.test.value))
    }
    case 'time':
    case 'clock':
      return compared(leaf.field, leaf.op, `timestamp("${formatTimestamp(leaf.at)}")`)
    case 'age':
      return compared(`now - ${leaf.field}`, leaf.op, `duration("${formatDuration(leaf.milliseconds)}")`)
  }
}

/** A leaf, or its negation, in the query language. */
export function formatLeaf(leaf: Leaf, negated = false): string {
  switch (leaf.kind) {
    case 'text':
      return formatText(leaf, negated)
    case 'bool':
      return `${negated ? '!' : ''}${leaf.field}`
    case 'has':
      return `${negated ? '!' : ''}has(${leaf.field})`
    default:
      return formatComparison(leaf, negated)
  }
}

export function formatLiteral({ leaf, negated }: Literal): string {
  return formatLeaf(leaf, negated)
}

function formatNode(node: Node): string {
  switch (node.kind) {
    case 'leaf':
      return formatLeaf(node.leaf)
    case 'not':
      return node.node.kind === 'leaf' ? formatLeaf(node.node.leaf, true) : `!(${formatNode(node.node)})`
    case 'and':
      return node.nodes.map((part) => (part.kind === 'or' ? `(${formatNode(part)})` : formatNode(part))).join(' && ')
    case 'or':
      return node.nodes.map((part) => (part.kind === 'and' ? `(${formatNode(part)})` : formatNode(part))).join(' || ')
  }
}

/** The query in its one spelling, in the order it was written. Compiles to the same tree. */
export function format(query: Query): string {
  return formatNode(query.root)
}
