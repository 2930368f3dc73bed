import type { Leaf, Node, TextTest } from './query.js'

/** `and` or `or` of the parts, those of the same kind taken in, so that depth counts changes of kind only. */
export function combine(kind: 'and' | 'or', nodes: readonly Node[]): Node {
  const flat = nodes.flatMap((node) => (node.kind === kind ? node.nodes : [node]))
  const [only] = flat
  return flat.length === 1 && only !== undefined ? only : { kind, nodes: flat }
}

/** The negation, without `!!`. */
export function negate(node: Node): Node {
  return node.kind === 'not' ? node.node : { kind: 'not', node }
}

export function leafNode(leaf: Leaf): Node {
  return { kind: 'leaf', leaf }
}

export function combineTests(op: 'and' | 'or', tests: readonly TextTest[]): TextTest {
  const flat = tests.flatMap((test) => (test.op === op ? test.tests : [test]))
  const [only] = flat
  return flat.length === 1 && only !== undefined ? only : { op, tests: flat }
}

export function negateTest(test: TextTest): TextTest {
  return test.op === 'not' ? test.test : { op: 'not', test }
}

/** Compares as `<` does, by UTF-16 code units: any fixed order will do. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The values sorted, each once: lists that say the same are the same. */
export function oneOfTexts(values: readonly string[]): TextTest {
  return { op: 'oneOf', values: [...new Set(values)].sort(byCodeUnit) }
}

/** The same for numbers; −0 is 0. */
export function oneOfNumbers(values: readonly number[]): { readonly op: 'oneOf'; readonly values: readonly number[] } {
  return { op: 'oneOf', values: [...new Set(values.map((value) => value + 0))].sort((a, b) => a - b) }
}
