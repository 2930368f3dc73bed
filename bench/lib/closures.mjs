// A query as a chain of functions: what the batch engine is measured beside.
import { evaluateLeaf } from '@reprieve/query'

/** What a careful programmer would write: each query once made into functions that end as soon as they can. */
export function closureOf(node) {
  if (node.kind === 'literal') {
    const { leaf, negated } = node
    return plainClosure(leaf, negated) ?? ((row, now) => evaluateLeaf(leaf, row, now) === !negated)
  }
  const parts = node.nodes.map(closureOf)
  if (node.kind === 'and') {
    return (row, now) => {
      for (const part of parts) if (!part(row, now)) return false
      return true
    }
  }
  return (row, now) => {
    for (const part of parts) if (part(row, now)) return true
    return false
  }
}

const COMPARE = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function plainClosure(leaf, negated) {
  const { field } = leaf
  if (leaf.kind === 'bool') {
    const wanted = !negated
    return (row) => row[field] === wanted
  }
  if (leaf.kind === 'number' && leaf.test.op !== 'oneOf') {
    const compare = COMPARE[leaf.test.op]
    const { value } = leaf.test
    return (row) => {
      const own = row[field]
      return own !== null && compare(own, value)
    }
  }
  if (leaf.kind === 'age' && leaf.op !== '==') {
    const compare = COMPARE[leaf.op]
    return (row, now) => {
      const own = row[field]
      return own !== null && compare(now - own.getTime(), leaf.milliseconds)
    }
  }
  if (leaf.kind !== 'text' || leaf.test.op !== 'oneOf') return null
  const values = new Set(leaf.test.values)
  const [only] = leaf.test.values
  if (leaf.list || leaf.alsoIn !== undefined) {
    if (negated) return null
    return (row) => {
      const own = row[field]
      if (!leaf.list && own !== null && values.has(own)) return true
      const more = row[leaf.alsoIn ?? field]
      return more?.some((value) => values.has(value)) ?? false
    }
  }
  if (values.size === 1) return (row) => row[field] !== null && (row[field] === only) === !negated
  return (row) => row[field] !== null && values.has(row[field]) === !negated
}
