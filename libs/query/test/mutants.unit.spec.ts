import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { generatedQuery, instanceRow, NOW, witness } from './support/index.js'

// The suite against known mistakes: each is put into the real code, and random queries and rows have to tell. A seed keeps
// it the same sample for all of them.
const sample = { seed: 20_260_301 }
const rows = fc.sample(instanceRow, { numRuns: 40, ...sample })
const cases = fc.sample(generatedQuery, { numRuns: 250, ...sample }).map(({ text, witness: expression }) => {
  const evaluate = witness(expression)
  return { text, expected: rows.map((row) => evaluate(row, NOW)) }
})

/** How many queries the interpreter, the normal form or the matcher gets wrong, with the modules as they are mocked now. */
async function wrong(): Promise<number> {
  vi.resetModules()
  const { compileQuery, evaluate, holds, InterpretingMatcher } = await import('@reprieve/query')
  let count = 0
  for (const { text, expected } of cases) {
    const result = compileQuery(text)
    if (!result.ok) throw new Error(text)
    const { query } = result
    const matcher = new InterpretingMatcher()
    matcher.set('q', query)
    const matched = new Set(matcher.match(rows, NOW).rows)
    const agrees = rows.every(
      (row, index) =>
        evaluate(query, row, NOW) === expected[index] &&
        holds(query.normal, row, NOW) === (expected[index] === true) &&
        matched.has(index) === (expected[index] === true),
    )
    if (!agrees) count++
  }
  return count
}

const mock = <Module>(path: string, change: (actual: Module) => Partial<Module>) =>
  vi.doMock(path, async (original) => {
    const actual = (await original()) as Module
    return { ...actual, ...change(actual) }
  })

type Kleene = typeof import('../src/kleene.js')
type Values = typeof import('../src/values.js')
type NormalForm = typeof import('../src/normal-form.js')
type Build = typeof import('../src/build.js')
type Pins = typeof import('../src/pins.js')
type TimeSum = typeof import('../src/time-sum.js')

const MUTANTS: Readonly<Record<string, () => unknown>> = {
  'unknown || true is unknown': () =>
    mock<Kleene>('../src/kleene.js', ({ or }) => ({
      or: (values) => ([...values].includes('unknown') ? 'unknown' : or(values)),
    })),
  'unknown && false is unknown': () =>
    mock<Kleene>('../src/kleene.js', ({ and }) => ({
      and: (values) => ([...values].includes('unknown') ? 'unknown' : and(values)),
    })),
  '!unknown is true': () =>
    mock<Kleene>('../src/kleene.js', ({ not }) => ({ not: (value) => value === 'unknown' || not(value) })),
  'unknown is false': () => mock<Kleene>('../src/kleene.js', ({ and }) => ({ and: (values) => and(values) === true })),
  'the aliases of a vulnerability are forgotten': () =>
    mock<Values>('../src/values.js', ({ textsOf }) => ({
      textsOf: (row, { alsoIn: _, ...leaf }) => textsOf(row, leaf),
    })),
  'all ids are known where only the canonical one is': () =>
    mock<Values>('../src/values.js', ({ textsOf }) => ({
      textsOf: (row, leaf) => ({ ...textsOf(row, leaf), complete: row[leaf.field] !== null }),
    })),
  'an unknown list is empty': () =>
    mock<Values>('../src/values.js', ({ textsOf }) => ({
      textsOf: (row, leaf) => ({ ...textsOf(row, leaf), complete: leaf.list || textsOf(row, leaf).complete }),
    })),
  'an empty list is unknown': () =>
    mock<Values>('../src/values.js', ({ textsOf }) => ({
      textsOf: (row, leaf) =>
        textsOf(row, leaf).texts.length > 0 ? textsOf(row, leaf) : { texts: [], complete: false },
    })),
  'the empty text is missing': () =>
    mock<Values>('../src/values.js', ({ textsOf }) => ({
      textsOf: (row, leaf) => textsOf(row[leaf.field] === '' ? { ...row, [leaf.field]: null } : row, leaf),
    })),
  'NaN is a number': () =>
    mock<Values>('../src/values.js', () => ({
      numberOf: (row, field) => (typeof row[field] === 'number' ? row[field] : null),
    })),
  '0 is missing': () =>
    mock<Values>('../src/values.js', ({ numberOf }) => ({ numberOf: (row, field) => numberOf(row, field) || null })),
  'false is missing': () =>
    mock<Values>('../src/values.js', ({ boolOf }) => ({ boolOf: (row, field) => boolOf(row, field) || null })),
  'times are cut to seconds': () =>
    mock<Values>('../src/values.js', ({ timeOf }) => ({
      timeOf: (row, field) => {
        const at = timeOf(row, field)
        return at === null ? null : Math.floor(at / 1000) * 1000
      },
    })),
  'an inner ! is lost in the normal form': () =>
    mock<NormalForm>('../src/normal-form.js', ({ toNormal }) => {
      const drop = (node: ReturnType<typeof toNormal>): typeof node =>
        node.kind === 'literal' ? { ...node, negated: false } : { ...node, nodes: node.nodes.map(drop) }
      return { toNormal: (node) => drop(toNormal(node)) }
    }),
  '! does not turn && into ||': () =>
    mock<NormalForm>('../src/normal-form.js', ({ toNormal }) => {
      const push: typeof toNormal = (node, negated = false) => {
        if (node.kind === 'leaf') return toNormal(node, negated)
        if (node.kind === 'not') return push(node.node, !negated)
        return { kind: node.kind, nodes: node.nodes.map((part) => push(part, negated)) }
      }
      return { toNormal: push }
    }),
  'lists are not sorted': () =>
    mock<Build>('../src/build.js', () => ({ oneOfTexts: (values) => ({ op: 'oneOf', values: [...values] }) })),
  'sides are exchanged without the operator': () => mock<TimeSum>('../src/time-sum.js', () => ({ mirror: (op) => op })),
  'a negated leaf pins a query': () =>
    mock<Pins>('../src/pins.js', ({ pinsOf }) => ({
      pinsOf: (node) => pinsOf(node.kind === 'literal' ? { ...node, negated: false } : node),
    })),
  'an || is pinned by its first branch': () =>
    mock<Pins>('../src/pins.js', ({ pinsOf }) => ({
      pinsOf: (node) => pinsOf(node.kind === 'or' ? (node.nodes[0] ?? node) : node),
    })),
}

describe('random queries and rows', { timeout: 60_000 }, () => {
  afterEach(() => {
    for (const path of ['kleene', 'values', 'normal-form', 'build', 'pins', 'time-sum'])
      vi.doUnmock(`../src/${path}.js`)
  })

  it('find nothing wrong in the code as it is', async () => {
    expect(await wrong()).toBe(0)
  })

  it.each(Object.keys(MUTANTS))('find the mistake: %s', async (name) => {
    MUTANTS[name]?.()
    expect(await wrong()).toBeGreaterThan(0)
  })
})
