import type { Leaf, NormalNode, TextLeaf } from './query.js'

/** Values of one field, of which a row must have one for the query to hold. */
export interface Pin {
  readonly leaf: TextLeaf
  readonly values: readonly string[]
}

/** About how many rows in a thousand share one value of the field; what is not listed is taken for ten. */
const SHARE: Readonly<Record<string, number>> = {
  id: 0.001,
  vulnerability: 0.1,
  aliases: 0.1,
  'asset.id': 0.1,
  'asset.name': 0.1,
  location: 1,
  'component.purl': 1,
  title: 1,
  'component.name': 2,
  scannerSeverity: 250,
  severity: 250,
  'asset.type': 250,
  'asset.environment': 250,
  'asset.exposure': 250,
  'asset.criticality': 250,
  scanners: 300,
}

/**
 * About which share of all rows a leaf holds for, from 0 to 1: a guess by what such fields are like, for choosing what to ask first.
 * @param values of so many of its values; all where it is absent
 */
export function shareOf(leaf: Leaf, values?: number): number {
  if (leaf.kind !== 'text') return leaf.kind === 'number' && leaf.test.op === 'oneOf' ? 0.02 : 0.5
  const { test } = leaf
  return test.op === 'oneOf' ? Math.min(1, ((values ?? test.values.length) * (SHARE[leaf.field] ?? 10)) / 1_000) : 0.1
}

const cost = (pins: readonly Pin[]) =>
  pins.reduce((sum, { leaf, values }) => sum + values.length * (SHARE[leaf.field] ?? 10), 0)

/**
 * The cheapest set of pins such that a row with none of their values cannot match; null if the query has none. A query
 * that can match nothing has an empty set.
 */
export function pinsOf(node: NormalNode): readonly Pin[] | null {
  if (node.kind === 'literal') {
    const { leaf, negated } = node
    return leaf.kind === 'text' && leaf.test.op === 'oneOf' && !negated ? [{ leaf, values: leaf.test.values }] : null
  }
  const each = node.nodes.map(pinsOf)
  if (node.kind === 'or') return each.includes(null) ? null : each.flatMap((pins) => pins ?? [])
  return each.reduce((best, pins) => (best === null || (pins !== null && cost(pins) < cost(best)) ? pins : best), null)
}
