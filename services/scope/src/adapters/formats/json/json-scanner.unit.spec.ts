import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReportFault } from '../report-fault.js'
import { type JsonConsumer, JsonScanner, type ValueType, type Wish } from './json-scanner.js'

const roomy = { maxDepth: 1000, maxTakenBytes: 1_000_000, manyDocuments: false }

/** Feeds a text in pieces of the given sizes, over and over. */
function feed(scanner: JsonScanner, text: string, sizes: readonly number[] = [text.length || 1]): void {
  const bytes = Buffer.from(text)
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    // A buffer of its own that is overwritten afterwards: what is kept must have been copied.
    const piece = Buffer.from(bytes.subarray(at, at + size))
    scanner.push(piece)
    piece.fill(0x7b)
    at += size
  }
  scanner.end()
}

/** Rebuilds a document by walking into everything. */
class Rebuilder implements JsonConsumer {
  readonly documents: unknown[] = []
  readonly #open: (unknown[] | Record<string, unknown>)[] = []
  #key: string | number | undefined

  value(key: string | number | undefined, type: ValueType): Wish {
    this.#key = key
    if (type === 'scalar') return 'take'
    const made: unknown[] | Record<string, unknown> = type === 'array' ? [] : {}
    this.#put(made)
    this.#open.push(made)
    return 'enter'
  }

  taken(bytes: Buffer | undefined): void {
    this.#put(JSON.parse(String(bytes)))
  }

  left(): void {
    this.#open.pop()
  }

  #put(value: unknown): void {
    const into = this.#open.at(-1)
    if (into === undefined) this.documents.push(value)
    else if (Array.isArray(into)) {
      expect(this.#key).toBe(into.length)
      into.push(value)
    } else
      Object.defineProperty(into, String(this.#key), { value, enumerable: true, configurable: true, writable: true })
  }
}

class Chooser implements JsonConsumer {
  readonly taken: (bytes: Buffer | undefined) => void
  readonly #wish: Wish
  constructor(wish: Wish, taken: (bytes: Buffer | undefined) => void = () => {}) {
    this.#wish = wish
    this.taken = taken
  }
  value(): Wish {
    return this.#wish
  }
  left(): void {}
}

function outcome(consumer: JsonConsumer, text: string, sizes?: readonly number[]): 'accepted' | 'refused' {
  const scanner = new JsonScanner(consumer, roomy)
  try {
    feed(scanner, text, sizes)
    return scanner.documents === 0 ? 'refused' : 'accepted'
  } catch (fault) {
    if (fault instanceof ReportFault || fault instanceof SyntaxError) return 'refused'
    throw fault
  }
}

function parses(text: string): 'accepted' | 'refused' {
  try {
    JSON.parse(text)
    return 'accepted'
  } catch {
    return 'refused'
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
const layout = fc.constantFrom(undefined, 1, '\t', ' \r\n')

/** JSON texts, most of them with a small fault in them. */
const nearlyJson = fc
  .tuple(
    fc.jsonValue({ maxDepth: 4 }),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom(
          '',
          '"',
          '\\',
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '0',
          '-',
          '.',
          'e',
          't',
          'null',
          ' ',
          '\n',
          '\u0001',
          '\\u00',
          'é',
          '01',
        ),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([value, edits]) => {
    let text = JSON.stringify(value)
    for (const [where, insert] of edits) {
      const at = where % (text.length + 1)
      text = text.slice(0, at) + insert + text.slice(at + (where % 3))
    }
    return text
  })

describe('the scanner', () => {
  it('tells a document just as JSON.parse reads it, however it is cut', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), layout, sizes, (value, space, cut) => {
        const text = JSON.stringify(value, null, space)
        const rebuilt = new Rebuilder()
        feed(new JsonScanner(rebuilt, roomy), text, cut)
        expect(rebuilt.documents).toEqual([JSON.parse(text)])
      }),
      { numRuns: 500 },
    )
  })

  it('cuts out what is taken byte for byte', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), layout, sizes, (value, space, cut) => {
        const text = JSON.stringify(value, null, space)
        let got: string | undefined
        feed(new JsonScanner(new Chooser('take', (bytes) => (got = bytes?.toString('utf8'))), roomy), text, cut)
        expect(got).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('accepts what JSON.parse accepts and nothing else, walked into, run over or taken', () => {
    fc.assert(
      fc.property(nearlyJson, sizes, (text, cut) => {
        const expected = parses(text)
        expect(outcome(new Chooser('skip'), text, cut)).toBe(expected)
        expect(outcome(new Rebuilder(), text, cut)).toBe(expected)
        expect(outcome(new Chooser('take', (bytes) => JSON.parse(String(bytes))), text, cut)).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    '1',
    '-0',
    '0.5e-7',
    '-12.25E+3',
    'true',
    'null',
    '""',
    '" \\u00e9\\n"',
    '[]',
    '{}',
    ' [ 1 , 2 ] ',
    '{"a":{"a":[{}]}}',
  ])('accepts %j', (text) => {
    for (const wish of ['skip', 'take', 'enter'] as const)
      expect(outcome(new Chooser(wish), text, [1])).toBe('accepted')
  })

  it.each([
    '',
    ' ',
    '01',
    '1.',
    '.5',
    '+1',
    '-',
    '1e',
    '1e+',
    'NaN',
    'Infinity',
    'tru',
    'nulll',
    "'a'",
    '"\t"',
    '"\\x"',
    '"\\u12g4"',
    '[1,]',
    '[,1]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '[1 2]',
    '[}',
    '{]',
    '1 2',
    '{} {}',
    '\u00a0{}',
  ])('refuses %j', (text) => {
    expect(parses(text)).toBe('refused')
    for (const wish of ['skip', 'enter'] as const) expect(outcome(new Chooser(wish), text, [1])).toBe('refused')
  })

  it('says at which byte a text stops being JSON', () => {
    const scanner = new JsonScanner(new Chooser('skip'), roomy)
    scanner.push(Buffer.from('{"a": '))
    expect(() => scanner.push(Buffer.from('1, x}'))).toThrow(/NOT_JSON.*byte 9/)
  })

  it('calls what ends too soon truncated', () => {
    for (const text of ['{', '{"a":1', '"a', '[1,', 'tru', '-', '1.']) {
      const scanner = new JsonScanner(new Chooser('skip'), roomy)
      expect(() => feed(scanner, text)).toThrow(/TRUNCATED/)
    }
  })

  it('reads one document after the other only where that is asked for', () => {
    const text = '{"a":1}\n[2]\r\n3 "x"{}'
    const rebuilt = new Rebuilder()
    feed(new JsonScanner(rebuilt, { ...roomy, manyDocuments: true }), text, [3])
    expect(rebuilt.documents).toEqual([{ a: 1 }, [2], 3, 'x', {}])
    expect(() => feed(new JsonScanner(new Rebuilder(), roomy), text)).toThrow(/NOT_JSON/)
  })
})

describe('the bounds', () => {
  it.each(['skip', 'take', 'enter'] as const)('end a document that is nested too deep when it is to be %s', (wish) => {
    const limits = { ...roomy, maxDepth: 10 }
    const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => feed(new JsonScanner(new Chooser(wish), limits), deep(10))).not.toThrow()
    expect(() => feed(new JsonScanner(new Chooser(wish), limits), deep(11))).toThrow(/TOO_DEEP/)
  })

  it('pass over a taken value that is too long, and go on behind it', () => {
    const got: (string | undefined)[] = []
    const consumer: JsonConsumer = {
      value: (key) => (key === undefined ? 'enter' : 'take'),
      taken: (bytes) => got.push(bytes?.toString()),
      left: () => {},
    }
    const text = JSON.stringify(['short', 'x'.repeat(100), [1, 2], ['y'.repeat(100)], 7])
    for (const cut of [1, 5, 1000]) {
      got.length = 0
      feed(new JsonScanner(consumer, { ...roomy, maxTakenBytes: 20 }), text, [cut])
      expect(got).toEqual(['"short"', undefined, '[1,2]', undefined, '7'])
    }
  })

  it('take a name of any length for one that nobody looks for', () => {
    const keys: unknown[] = []
    const consumer: JsonConsumer = {
      value: (key) => {
        keys.push(key)
        return key === undefined ? 'enter' : 'skip'
      },
      taken: () => {},
      left: () => {},
    }
    feed(new JsonScanner(consumer, roomy), `{"${'k'.repeat(5000)}":1,"b":2}`, [7])
    expect(keys).toEqual([undefined, '', 'b'])
  })
})
