import { toBinary } from '@bufbuild/protobuf'
import { scanner as events } from '@reprieve/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspectReport } from '../../src/adapters/formats/read-report.js'
import { ReportFault } from '../../src/adapters/formats/report-fault.js'
import { type ReportItem, reportFormats } from '../../src/adapters/formats/report-format.port.js'
import { cut, type Outcome, options, read } from './reading.js'
import { sampleBytes, samples, samplesAreThere } from './report-samples.js'
import { specimens } from './specimens.js'

/** What every format is held to, on a made report that has every part and on a real one. */
interface Subject {
  readonly name: string
  readonly format: string
  readonly bytes: Buffer
  readonly asset: string | undefined
  readonly counts: Outcome['counts'] | undefined
}

const made: Subject[] = specimens.map(({ format, value, asset, counts }) => ({
  name: `${format}, made`,
  format,
  bytes: Buffer.from(JSON.stringify(value)),
  asset,
  counts,
}))
const real: Subject[] = !samplesAreThere
  ? []
  : samples.map((sample) => ({
      name: `${sample.format}, ${sample.file}`,
      format: sample.format,
      // Without the blanks at the end, so that every shorter piece is really cut off.
      bytes: Buffer.from(sampleBytes(sample).toString('utf8').trimEnd()),
      asset: sample.asset,
      counts: undefined,
    }))

const nightly = process.env['REPRIEVE_TEST_SIZE'] === 'nightly'
const runs = nightly ? 1000 : 60
// Only so that a hang ends; the runs of a night take minutes.
const patience = { timeout: nightly ? 600_000 : 60_000 }

it('every format has a made report', () => {
  expect(new Set(specimens.map(({ format }) => format))).toEqual(new Set(reportFormats))
})

describe.each([...made, ...real])('$name', ({ bytes, asset, format, counts }) => {
  const more = { asset }

  it('is known by its content, and every finding is accounted for', async () => {
    const whole = await read(bytes, more)
    expect(whole.fault).toBeUndefined()
    expect(whole.format).toBe(format)
    if (counts) expect(whole.counts).toEqual(counts)
    expect(whole.observed.length).toBeGreaterThan(0)
    assertSound(whole)
  })

  it('gives the same items however its bytes are cut', async () => {
    const whole = await read(bytes, more)
    const ways = [[1], [2], [3], [7, 1], [61], [4096], [1, 100_000]]
    for (const sizes of bytes.length > 20_000 ? ways.slice(3) : ways)
      expect((await read(cut(bytes, sizes), more)).items).toEqual(whole.items)
  })

  it('gives the same items in whatever order its names stand', patience, async () => {
    const whole = sorted((await read(bytes, more)).items)
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
        const shuffled = JSON.stringify(shuffle(JSON.parse(bytes.toString('utf8')), numbers))
        expect(sorted((await read(shuffled, more)).items)).toEqual(whole)
      }),
      { numRuns: Math.ceil(runs / 2) },
    )
  })

  it('cut off anywhere is a fault, and closes nothing', patience, async () => {
    const every = bytes.length > 10_000 && !nightly ? Math.ceil(bytes.length / 250) : 1
    for (let length = 0; length < bytes.length; length += every) {
      const { fault, completed } = await read(bytes.subarray(0, length), more)
      expect(fault?.code, `after ${length} bytes`).toMatch(/^(TRUNCATED|EMPTY|WRONG_ENCODING)$/)
      expect(completed).toEqual([])
    }
  })

  it('with some bytes changed is read or refused, never worse', patience, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 5,
        }),
        async (changes) => {
          const changed = Buffer.from(bytes)
          for (const [at, byte] of changes) changed[at] = byte
          assertSound(await read(changed, more))
        },
      ),
      { numRuns: runs * 3 },
    )
  })

  it('with anything at all in place of its values is read or refused, never worse', patience, async () => {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    const places = pathsOf(value)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 4 }), async (changes) => {
        let changed = value
        for (const [which, replacement] of changes)
          changed = replaced(changed, places[which % places.length] ?? [], replacement)
        assertSound(await read(JSON.stringify(changed), more))
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      }),
      { numRuns: runs * 4 },
    )
  })

  it('read as a part of a scan completes nothing', async () => {
    const whole = await read(bytes, more)
    const part = await read(bytes, { ...more, partial: true })
    expect(part.completed).toEqual([])
    expect(part.items).toEqual(whole.items.filter((item) => item.kind !== 'completed'))
  })

  it('goes on a given asset, whatever it names itself', async () => {
    const { observed, completed } = await read(bytes, { asset: 'given' })
    expect(new Set([...observed, ...completed].map((event) => event.asset?.name))).toEqual(new Set(['given']))
  })

  it('is inspected with the same end as it is read', async () => {
    expect(await inspected(bytes, asset)).toBe(format)
    const broken = [
      bytes.subarray(0, bytes.length - 1),
      Buffer.concat([bytes, Buffer.from(' x')]),
      Buffer.concat([Buffer.from([0xff]), bytes]),
    ]
    for (const one of broken) expect(await inspected(one, asset)).toBe((await read(one, more)).fault?.code)
    const alone = await read(bytes)
    expect(await inspected(bytes, undefined)).toBe(alone.fault?.code ?? format)
  })

  it('leaves nothing of what it made before a fault of the source', async () => {
    async function* breaking() {
      yield bytes.subarray(0, bytes.length / 2)
      throw new Error('the line went dead')
    }
    await expect(read(breaking(), more)).rejects.toThrow('the line went dead')
  })
})

describe('every made report', () => {
  it.each(made)('$name, with a hostile value in each place in turn', patience, async ({ bytes, asset }) => {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    const nasty = [
      null,
      true,
      -1,
      1e308,
      '',
      '\u0000\ud800',
      'x'.repeat(5000),
      [],
      {},
      [[[]]],
      JSON.parse('{"__proto__":{"polluted":1}}'),
    ]
    // Each value comes in many places, and each place has some of them; at night all have all.
    for (const [index, path] of pathsOf(value).entries())
      for (let step = 0; step < (nightly ? nasty.length : 2); step++) {
        const replacement = nasty[(index * 2 + step) % nasty.length]
        assertSound(await read(JSON.stringify(replaced(value, path, replacement)), { asset }))
      }
  })

  it.each(made)('$name, without each of its parts in turn', async ({ bytes, asset }) => {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    for (const path of pathsOf(value)) {
      if (path.length === 0) continue
      assertSound(await read(JSON.stringify(replaced(value, path, undefined)), { asset }))
    }
  })

  it.each(made)('$name, nested too deep inside a finding', async ({ bytes, asset }) => {
    const deep = `${'['.repeat(80)}${']'.repeat(80)}`
    const text = bytes.toString('utf8').replace('"marker":1', `"deep":${deep}`)
    expect((await read(text, { asset })).fault?.code).toBe('TOO_DEEP')
  })

  it.each(made)('$name, with a number that JSON has not', async ({ bytes, asset }) => {
    for (const word of ['NaN', 'Infinity', '-Infinity', 'undefined']) {
      const text = bytes.toString('utf8').replace('"marker":1', `"n":${word}`)
      expect((await read(text, { asset })).fault?.code).toBe('NOT_JSON')
    }
  })

  it.each(made)('$name, with a finding longer than allowed', async ({ bytes, asset }) => {
    const text = bytes.toString('utf8').replace('"marker":1', `"long":"${'y'.repeat(20_000)}"`)
    const limited = await read(text, { asset, limits: { maxFindingBytes: 10_000 } })
    const usual = await read(bytes, { asset })
    expect(limited.fault).toBeUndefined()
    expect(limited.rejected.length).toBe(usual.rejected.length + 1)
    expect(limited.rejected.some(({ reason }) => /longer than 10000 bytes/.test(reason))).toBe(true)
    assertSound(limited)
  })

  it.each(made)('$name, larger than allowed, or with more findings', async ({ bytes, asset }) => {
    expect((await read(bytes, { asset, limits: { maxBytes: bytes.length } })).fault).toBeUndefined()
    expect((await read(bytes, { asset, limits: { maxBytes: bytes.length - 1 } })).fault?.code).toBe('TOO_LARGE')
    expect((await read(bytes, { asset, limits: { maxFindings: 2 } })).fault?.code).toBe('TOO_LARGE')
  })

  it.each(made)('$name, read through the temporary file', async ({ bytes, asset }) => {
    const usual = await read(bytes, { asset })
    const spilled = await read(cut(bytes, [100]), { asset, limits: { maxWaitingBytes: 1 } })
    expect(spilled.items).toEqual(usual.items)
  })

  it.each(made)('$name, in UTF-16 or Latin-1', async ({ bytes, asset }) => {
    const text = bytes.toString('utf8')
    expect((await read(Buffer.from(`\uFEFF${text}`), { asset })).fault).toBeUndefined()
    expect((await read(Buffer.from(text, 'utf16le'), { asset })).fault?.code).toBe('WRONG_ENCODING')
    expect((await read(Buffer.from(text, 'latin1'), { asset })).fault?.code).toBe('WRONG_ENCODING')
  })

  it.each(made)('$name, with blanks everywhere', async ({ bytes, asset }) => {
    const spaced = `\r\n\t ${JSON.stringify(JSON.parse(bytes.toString('utf8')), null, '\t')}\n\n`
    expect((await read(cut(Buffer.from(spaced), [11]), { asset })).items).toEqual((await read(bytes, { asset })).items)
  })
})

describe('what is said twice', () => {
  const of = (format: string) => made.find((one) => one.format === format)?.bytes.toString('utf8') ?? ''

  it.each([
    ['cyclonedx', '"bomFormat":"CycloneDX"', '"bomFormat":"CycloneDX","bomFormat":"CycloneDX"'],
    ['cyclonedx', '"specVersion":"1.6"', '"specVersion":"1.6","metadata":{"component":{"name":"other"}}'],
    ['grype', '"matches":', '"source":{"type":"image","target":{"userInput":"other"}},"matches":'],
    ['trivy', '"SchemaVersion":2', '"SchemaVersion":2,"ArtifactName":"other"'],
    ['sarif', '"invocations":', '"versionControlProvenance":[],"invocations":'],
    ['osv-scanner', '"source":{"path":"/work/shop/go.mod","type":"lockfile"}', '"source":{},"source":{}'],
  ])('in %s about the whole is refused, since which one holds cannot be told', async (format, once, twice) => {
    const text = of(format).replace(once, twice)
    expect(text).not.toBe(of(format))
    expect((await read(text, { asset: 'x' })).fault?.code).toBe('DUPLICATE_KEY')
  })

  it('inside a finding counts as JSON.parse takes it: the last', async () => {
    const text = '{"matches":[{"vulnerability":{"id":"CVE-2024-1111","id":"CVE-2024-2222"}}],"source":null}'
    expect((await read(text, { asset: 'x' })).observed[0]?.vulnerability?.id).toBe('CVE-2024-2222')
  })

  it('as a list of findings counts each time', async () => {
    const text = '{"matches":[{"vulnerability":{"id":"A"}}],"matches":[{"vulnerability":{"id":"B"}}]}'
    expect((await read(text, { asset: 'x' })).observed.map((one) => one.vulnerability?.id)).toEqual(['A', 'B'])
  })
})

describe('what is no report', () => {
  it.each([
    ['', 'EMPTY'],
    [' \n\t', 'EMPTY'],
    ['\uFEFF', 'EMPTY'],
    ['null', 'UNKNOWN_FORMAT'],
    ['"text"', 'UNKNOWN_FORMAT'],
    ['12', 'UNKNOWN_FORMAT'],
    ['{}', 'UNKNOWN_FORMAT'],
    ['[]', 'UNKNOWN_FORMAT'],
    ['[{}]', 'UNKNOWN_FORMAT'],
    ['[[{"class_uid":2004}]]', 'UNKNOWN_FORMAT'],
    ['{"a":1,"__proto__":{"runs":[]}}', 'UNKNOWN_FORMAT'],
    ['{"constructor":{"bomFormat":"CycloneDX"}}', 'UNKNOWN_FORMAT'],
    ['{"spdxVersion":"SPDX-2.3"}', 'UNKNOWN_FORMAT'],
    ['{"vulnerabilities":[{"id":"x"}],"version":"15.0","scan":{}}', 'UNKNOWN_FORMAT'],
    ['<?xml version="1.0"?><bom/>', 'NOT_JSON'],
    ['Hello', 'NOT_JSON'],
    ['{"runs":', 'TRUNCATED'],
    ['{"run', 'TRUNCATED'],
    ['{"runs":[],}', 'NOT_JSON'],
    ['{"matches":[]} {}', 'NOT_JSON'],
    ['\u0000', 'WRONG_ENCODING'],
  ])('%j is refused as %s', async (text, code) => {
    for (const sizes of [[1], [1000]])
      expect((await read(cut(Buffer.from(text), sizes), { asset: 'x' })).fault?.code).toBe(code)
  })

  it('is told without quoting much of it', async () => {
    const { fault } = await read(`{"runs": ${'secret'.repeat(1000)}`)
    expect(fault?.message.length).toBeLessThan(300)
    expect(fault?.message).not.toContain('secret')
  })

  it('is told apart from CycloneDX by more than a list of vulnerabilities, also when that is long', async () => {
    const long = JSON.stringify({
      vulnerabilities: Array.from({ length: 4000 }, (_, id) => ({ id: `x-${id}`, text: 'y'.repeat(400) })),
      scan: {},
    })
    const { fault, observed } = await read(long, { asset: 'x' })
    expect(fault?.code).toBe('UNKNOWN_FORMAT')
    expect(observed).toEqual([])
  })
})

describe('what findings refer to', () => {
  it('is bounded in memory', async () => {
    const components = Array.from({ length: 2000 }, (_, id) => ({ 'bom-ref': `c${id}`, name: 'n' }))
    const text = JSON.stringify({ bomFormat: 'CycloneDX', metadata: { component: { name: 'a' } }, components })
    expect((await read(text, { limits: { maxContextBytes: 10_000 } })).fault?.code).toBe('TOO_LARGE')
    expect((await read(text)).fault).toBeUndefined()
  })
})

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    -1,
    0,
    1e308,
    -0,
    2 ** 53,
    '',
    ' ',
    '\u0000',
    '\ud800',
    'x'.repeat(3000),
    '7.5',
    [],
    {},
    [null],
    [[]],
    [{}],
  ),
  fc.constantFrom<unknown>(
    'CVE-2024-1',
    'pkg:npm/%zz',
    'pkg:',
    'CVSS:3.1/AV:N',
    'file:///%',
    '../../..',
    'arn:aws:',
    'urn:cdx:#%',
    '{0}',
  ),
  fc.constant(JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Holds for every outcome, of any bytes. */
function assertSound(outcome: Outcome): void {
  const { items, fault, observed, completed } = outcome
  const numbered = items.filter((item) => item.kind !== 'format' && item.kind !== 'completed')
  expect(numbered.map((item) => item.sequence)).toEqual(numbered.map((_, index) => index))
  if (fault) expect(completed).toEqual([])
  const sent = new Map<string, number>()
  for (const event of observed) {
    const id = event.asset?.id ?? ''
    expect(id).not.toBe('')
    expect(event.vulnerability?.id).toBeTruthy()
    expect(event).toMatchObject({ scanner: options.scanner, scanId: options.scanId, reportId: options.reportId })
    sent.set(id, (sent.get(id) ?? 0) + 1)
    // It can be sent: well-formed, within the broker's bound.
    expect(toBinary(events.ObservedSchema, event).length).toBeLessThan(100_000)
    if (event.cvss !== undefined) expect(event.cvss >= 0 && event.cvss <= 10).toBe(true)
    if (event.epss !== undefined) expect(event.epss >= 0 && event.epss <= 1).toBe(true)
    const { location, locationText, vulnerability, component, asset } = event
    // PostgreSQL holds no NUL, protobuf no half of a surrogate pair.
    for (const text of [location, locationText, vulnerability?.id, vulnerability?.title, component?.name, asset?.name])
      if (text !== undefined) expect(text.isWellFormed() && !text.includes('\0')).toBe(true)
  }
  // A complete scan announces just what was sent; a rejected finding makes the count of some scan too high.
  const excess = completed.map((event) => Number(event.findings) - (sent.get(event.asset?.id ?? '') ?? 0))
  if (completed.length > 0) {
    expect(new Set(completed.map((event) => event.asset?.id)).size).toBe(completed.length)
    expect([...sent.keys()].every((id) => completed.some((event) => event.asset?.id === id))).toBe(true)
    expect(excess.every((more) => more >= 0)).toBe(true)
    expect(excess.some((more) => more > 0)).toBe(outcome.rejected.length > 0)
  }
}

async function inspected(bytes: Uint8Array, asset: string | undefined): Promise<string> {
  async function* source() {
    yield* cut(bytes, [1000])
  }
  try {
    return (await inspectReport(source(), { asset })).format
  } catch (fault) {
    if (fault instanceof ReportFault) return fault.code
    throw fault
  }
}

/** Items without their numbers, in an order of their own: lists of findings change places when names do. */
function sorted(items: readonly ReportItem[]): string[] {
  return items
    .map((item) =>
      JSON.stringify(item, (key, value: unknown) =>
        key === 'sequence' ? undefined : typeof value === 'bigint' ? String(value) : value,
      ),
    )
    .sort()
}

function shuffle(value: unknown, numbers: fc.Stream<number>): unknown {
  if (Array.isArray(value)) return value.map((element) => shuffle(element, numbers))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, member]) => ({ key, member, rank: numbers.next().value as number }))
  members.sort((a, b) => a.rank - b.rank)
  return Object.fromEntries(members.map(({ key, member }) => [key, shuffle(member, numbers)]))
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [path, ...entries.flatMap(([key, member]) => pathsOf(member, [...path, key]))]
}

/** The value with another in one place; `undefined` takes that place away. */
function replaced(value: unknown, path: Path, replacement: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return replacement
  if (Array.isArray(value)) {
    const copy = [...value]
    const inner = replaced(copy[key as number], rest, replacement)
    if (inner === undefined) copy.splice(key as number, 1)
    else copy[key as number] = inner
    return copy
  }
  if (typeof value !== 'object' || value === null) return value
  return { ...value, [key]: replaced((value as Record<string, unknown>)[key], rest, replacement) }
}
