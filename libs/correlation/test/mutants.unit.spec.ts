import { compileQuery, evaluate, type Query } from '@reprieve/query'
import { generatedQuery, instanceRow, NOW, rowOf } from '@reprieve/query/test-support'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'

// The suite against known mistakes: each is put into the real code, and random queries and rows have to tell. A seed keeps
// it the same sample for all of them.
const sample = { seed: 20_260_302 }
const compiled = (text: string): Query => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(text)
  return result.query
}
const queries = [
  ...fc.sample(generatedQuery, { numRuns: 150, ...sample }).map(({ text }) => text),
  // What chance alone would seldom make: parts that queries share, more thresholds than are done one by one, values that come and go.
  ...Array.from({ length: 60 }, (_, index) => `cvss >= ${index / 6} && (kev || severity == "high")`),
  ...Array.from({ length: 60 }, (_, index) => `!(epss < ${index / 60}) || cvss > ${index / 6}`),
  '"team:" in asset.tags && asset.name.endsWith("et")',
  'asset.name.startsWith("𝒳") || asset.name.endsWith("duction")',
].map(compiled)
const rows = [
  ...fc.sample(instanceRow, { numRuns: 75, ...sample }),
  rowOf({ 'asset.tags': ['team:', 'team:'], 'asset.name': 'asset' }),
  rowOf({ cvss: 5, kev: true, epss: 0.5 }),
]
const batches = [rows, rows.slice(10, 43), rows.toReversed().slice(0, 31)]

const pairs = (batch: typeof rows, of: readonly number[]) =>
  batch
    .flatMap((row, index) =>
      of.flatMap((id) => (evaluate(queries[id] as Query, row, NOW) === true ? [`${index} ${id}`] : [])),
    )
    .sort()

const every = queries.map((_, id) => id)
const half = every.filter((id) => id % 2 === 0)
const expected = batches.map((batch) => ({ all: pairs(batch, every), half: pairs(batch, half) }))

/** Whether the engine, with its modules as they are mocked now, finds other pairs than the interpreter. */
async function isWrong(): Promise<boolean> {
  vi.resetModules()
  const { BatchEngine } = await import('../src/index.js')
  const engine = new BatchEngine()
  const found = (batch: typeof rows) => {
    const { rows: matched, slots, idOf } = engine.match(batch, NOW)
    return [...matched].map((row, pair) => `${row} ${idOf(slots[pair] ?? -1)}`).sort()
  }
  const differs = (of: 'all' | 'half') =>
    batches.some((batch, index) => JSON.stringify(found(batch)) !== JSON.stringify(expected[index]?.[of]))
  try {
    for (const id of every) engine.set(String(id), queries[id] as Query)
    if (differs('all')) return true
    for (const id of every) if (id % 2 === 1) engine.remove(String(id))
    if (differs('half')) return true
    for (const id of every) engine.set(String(id), queries[id] as Query)
    return differs('all')
  } catch {
    return true
  }
}

const mock = <Module>(path: string, change: (actual: Module) => object) =>
  vi.doMock(path, async (original) => {
    const actual = (await original()) as Module
    return { ...actual, ...change(actual) }
  })

type Bits = typeof import('../src/bits.js')
type BatchOf = typeof import('../src/batch.js')
type ChainsOf = typeof import('../src/chains.js')
type CodesOf = typeof import('../src/codes.js')
type Numbers = typeof import('../src/number-column.js')
type Texts = typeof import('../src/text-column.js')
type Parts = typeof import('../src/part.js')
type QueryLib = typeof import('@reprieve/query')

const ALL = new Uint32Array(128).fill(0xffff_ffff)

const MUTANTS: Readonly<Record<string, () => unknown>> = {
  'rows beyond the batch count': () =>
    mock<Bits>('../src/bits.js', ({ fillBits }) => ({
      fillBits: (bits: Uint32Array, size: number) => fillBits(bits, (size + 31) & ~31),
    })),
  'every 32nd row is lost': () =>
    mock<Bits>('../src/bits.js', ({ setBit }) => ({
      setBit: (bits: Uint32Array, row: number) => (row % 32 === 31 ? undefined : setBit(bits, row)),
    })),
  'a negation holds where the text is unknown': () =>
    mock<Texts>('../src/text-column.js', ({ TextColumn }) => ({
      TextColumn: class extends TextColumn {
        override known() {
          return ALL
        }
      },
    })),
  'an unknown number is below every threshold': () =>
    mock<Numbers>('../src/number-column.js', ({ NumberColumn }) => ({
      NumberColumn: class extends NumberColumn {
        override known() {
          return ALL
        }
      },
    })),
  '> and >= are exchanged': () =>
    mock<Numbers>('../src/number-column.js', ({ NumberColumn }) => ({
      NumberColumn: class extends NumberColumn {
        override mark(threshold: number, orEqual: boolean, into: Uint32Array) {
          super.mark(threshold, !orEqual, into)
        }
      },
    })),
  'a value twice in one row matches twice': () =>
    mock<ChainsOf>('../src/chains.js', ({ Chains }) => ({
      Chains: class extends Chains {
        override rowsOf(code: number, into: Int32Array) {
          const count = super.rowsOf(code, into)
          if (count > 0) into[count] = into[0] as number
          return count === 0 ? 0 : count + 1
        }
      },
    })),
  'the batch before is not forgotten': () =>
    mock<ChainsOf>('../src/chains.js', ({ Chains }) => ({
      Chains: class extends Chains {
        override clear() {}
      },
    })),
  'what was found out of one batch serves the next': () =>
    mock<BatchOf>('../src/batch.js', ({ Batch }) => ({
      Batch: class extends Batch {
        override next(...of: Parameters<InstanceType<BatchOf['Batch']>['next']>) {
          super.next(...of)
          this.stamp = 1
        }
      },
    })),
  'a value is let go of while another query uses it': () =>
    mock<CodesOf>('../src/codes.js', ({ Codes }) => ({
      Codes: class extends Codes {
        override release(text: string) {
          super.release(text)
          return super.release(text)
        }
      },
    })),
  'ends are looked for at the beginning': () =>
    mock<Texts>('../src/text-column.js', ({ TextColumn }) => ({
      TextColumn: class extends TextColumn {
        override useAffix(_: 'startsWith' | 'endsWith', value: string) {
          return super.useAffix('startsWith', value)
        }
        override markAffix(_: 'startsWith' | 'endsWith', code: number, bits: Uint32Array) {
          super.markAffix('startsWith', code, bits)
        }
      },
    })),
  'of one row && is ||': () =>
    mock<Parts>('../src/part.js', ({ JoinPart }) => ({
      JoinPart: class extends JoinPart {
        override test(row: number) {
          return this.parts.some((part) => part.test(row))
        }
      },
    })),
  'of many rows an || ends with its first part': () =>
    mock<Parts>('../src/part.js', ({ JoinPart }) => ({
      JoinPart: class extends JoinPart {
        override select(within: Uint32Array, into: Uint32Array) {
          const [first] = this.parts
          return this.kind === 'or' && first !== undefined ? first.select(within, into) : super.select(within, into)
        }
      },
    })),
  'a negated leaf pins a query': () =>
    mock<QueryLib>('@reprieve/query', ({ pinsOf }) => ({
      pinsOf: (node: Parameters<typeof pinsOf>[0]) =>
        pinsOf(node.kind === 'literal' ? { ...node, negated: false } : node),
    })),
  'an || is pinned by its first branch': () =>
    mock<QueryLib>('@reprieve/query', ({ pinsOf }) => ({
      pinsOf: (node: Parameters<typeof pinsOf>[0]) => pinsOf(node.kind === 'or' ? (node.nodes[0] ?? node) : node),
    })),
}

describe('random queries and rows', { timeout: 60_000 }, () => {
  afterEach(() => {
    for (const name of ['bits', 'batch', 'chains', 'codes', 'number-column', 'text-column', 'part']) {
      vi.doUnmock(`../src/${name}.js`)
    }
    vi.doUnmock('@reprieve/query')
  })

  it('find nothing wrong in the engine as it is', async () => {
    expect(await isWrong()).toBe(false)
  })

  it.each(Object.keys(MUTANTS))('find the mistake: %s', async (name) => {
    MUTANTS[name]?.()
    expect(await isWrong()).toBe(true)
  })
})
