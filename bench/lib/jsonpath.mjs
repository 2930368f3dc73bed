// A query as a jsonpath predicate over a row as a document without its unknown members: what would be written to let PostgreSQL match.
const member = (field) => `$.${JSON.stringify(field)}`
const quoted = (value) => JSON.stringify(value)
const regex = (value) => value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

function textTest(place, test) {
  switch (test.op) {
    case 'oneOf':
      return `(${test.values.map((value) => `${place} == ${quoted(value)}`).join(' || ')})`
    case 'startsWith':
      return `(${place} starts with ${quoted(test.value)})`
    case 'endsWith':
      return `(${place} like_regex ${quoted(`${regex(test.value)}$`)})`
    case 'contains':
      return `(${place} like_regex ${quoted(regex(test.value))})`
    default:
      throw new Error(`no jsonpath for ${test.op}`)
  }
}

/** Where the value is unknown the leaf is neither true nor false: both it and its negation ask for it. */
function leafOf(leaf, now) {
  const place = member(leaf.field)
  switch (leaf.kind) {
    case 'bool':
      return `(${place} == true)`
    case 'number':
      return leaf.test.op === 'oneOf'
        ? `(${leaf.test.values.map((value) => `${place} == ${value}`).join(' || ')})`
        : `(${place} ${leaf.test.op} ${leaf.test.value})`
    case 'age':
      // now - seen op milliseconds, with the times as numbers.
      return `(${now} - ${place} ${leaf.op} ${leaf.milliseconds})`
    case 'text': {
      const own = textTest(leaf.list ? `${place}[*]` : place, leaf.test)
      return leaf.alsoIn === undefined ? own : `(${own} || ${textTest(`${member(leaf.alsoIn)}[*]`, leaf.test)})`
    }
    default:
      throw new Error(`no jsonpath for ${leaf.kind}`)
  }
}

/** @param now milliseconds since the epoch, as a literal of the path: a cached path cannot hold it otherwise */
export function jsonPathOf(node, now) {
  if (node.kind === 'literal') {
    const { leaf, negated } = node
    const condition = leafOf(leaf, now)
    return negated ? `(exists(${member(leaf.field)}) && !${condition})` : condition
  }
  return `(${node.nodes.map((part) => jsonPathOf(part, now)).join(node.kind === 'and' ? ' && ' : ' || ')})`
}

export const documentOf = (row) =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== null)
      .map(([field, value]) => [field, value instanceof Date ? value.getTime() : value]),
  )
