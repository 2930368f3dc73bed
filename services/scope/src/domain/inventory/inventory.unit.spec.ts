import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AssetFacts, FindingFacts } from '../ingest/record.js'
import { type AssetSource, mergeSources, saidNow } from './asset.js'
import { type Attribution, deriveInstance, looksDifferent, mergeAttributions } from './instance.js'

const facts = (extra: Partial<FindingFacts> = {}): FindingFacts => ({
  severity: 'medium',
  scannerSeverity: null,
  title: null,
  cvss: null,
  cvssVector: null,
  epss: null,
  kev: null,
  fixAvailable: null,
  fixedVersions: [],
  componentName: null,
  componentVersion: null,
  componentPurl: null,
  location: null,
  locationText: null,
  port: null,
  suppressed: false,
  ...extra,
})
const said = (scanner: number, extra: Partial<Attribution> = {}, what: Partial<FindingFacts> = {}): Attribution => ({
  scanner,
  open: true,
  hash: 1,
  facts: facts(what),
  firstSeen: 100,
  lastSeen: 200,
  scanId: 's',
  closedAt: null,
  ...extra,
})
const closed = { open: false, closedAt: 300 }

describe('An instance', () => {
  it('is open while one scanner reports it', () => {
    expect(deriveInstance([said(1, closed), said(2)])).toMatchObject({ open: true, scanners: [2], closedAt: null })
    expect(deriveInstance([said(1, closed), said(2, { open: false, closedAt: 400 })])).toMatchObject({
      open: false,
      scanners: [],
      closedAt: 400,
    })
  })

  it('has the highest severity of those that report it now, not of those that did', () => {
    expect(deriveInstance([said(1, closed, { severity: 'critical' }), said(2, {}, { severity: 'low' })]).severity).toBe(
      2,
    )
    expect(deriveInstance([said(1, {}, { severity: 'unknown' }), said(2, {}, { severity: 'none' })]).severity).toBe(1)
  })

  it('takes the score of the newest CVSS version, and the higher one of equal versions', () => {
    const old = { cvss: 9.8, cvssVector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }
    const newer = { cvss: 6, cvssVector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N' }
    expect(deriveInstance([said(1, {}, old), said(2, {}, newer)]).cvss).toBe(6)
    expect(deriveInstance([said(1, {}, old), said(2, {}, { cvss: 10 })]).cvss).toBe(9.8)
  })

  it('is known to be exploited as soon as one scanner says so, and unknown while none says anything', () => {
    expect(deriveInstance([said(1, {}, { kev: false }), said(2, {}, { kev: true })]).kev).toBe(true)
    expect(deriveInstance([said(1, {}, { kev: false }), said(2)]).kev).toBe(false)
    expect(deriveInstance([said(1), said(2)]).kev).toBeNull()
  })

  it('is the same in whatever order its attributions are given', () => {
    const attribution = fc.record({
      scanner: fc.integer({ min: 1, max: 5 }),
      open: fc.boolean(),
      severity: fc.constantFrom('critical' as const, 'high' as const, 'low' as const, 'unknown' as const),
      title: fc.option(fc.string()),
      cvss: fc.option(fc.integer({ min: 0, max: 10 })),
      lastSeen: fc.integer({ min: 0, max: 5 }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(attribution, { selector: ({ scanner }) => scanner, minLength: 1 }),
        fc.nat(),
        (given, turn) => {
          const made = given.map(({ scanner, open, lastSeen, ...what }) =>
            said(scanner, { open, lastSeen, closedAt: open ? null : 9 }, what),
          )
          const turned = [...made.slice(turn % made.length), ...made.slice(0, turn % made.length)]
          expect(deriveInstance(turned as [Attribution])).toEqual(deriveInstance(made as [Attribution]))
        },
      ),
    )
  })

  it('looks different to queries by what they can ask for, and not by when it was seen last', () => {
    const before = deriveInstance([said(1)])
    expect(looksDifferent(before, deriveInstance([said(1, { lastSeen: 999 })]))).toBe(false)
    expect(looksDifferent(before, deriveInstance([said(1, {}, { title: 'null' })]))).toBe(true)
    expect(looksDifferent(before, deriveInstance([said(1), said(2)]))).toBe(true)
  })

  it('that becomes one with another keeps of each scanner the word that stands, and the earliest sighting', () => {
    const merged = mergeAttributions([said(1, { ...closed, firstSeen: 10 })], [said(1, { lastSeen: 150 }), said(2)])
    expect(merged).toMatchObject([
      { scanner: 1, open: true, closedAt: null, firstSeen: 10, lastSeen: 200 },
      { scanner: 2 },
    ])
  })
})

const asset = (extra: Partial<AssetFacts> = {}): AssetFacts => ({
  name: 'a',
  type: 'unknown',
  os: null,
  owner: null,
  businessUnit: null,
  environment: null,
  exposure: null,
  criticality: null,
  tags: null,
  ...extra,
})
const source = (scanner: number, saidAt: number, extra: Partial<AssetFacts>): AssetSource => ({
  scanner,
  saidAt,
  facts: asset(extra),
})

describe('An asset', () => {
  it('is what was said last of each attribute, and silence takes nothing back', () => {
    const merged = mergeSources([
      source(1, 10, { os: 'old', owner: 'ann', type: 'host' }),
      source(2, 20, { os: 'new' }),
    ])
    expect(merged).toMatchObject({ os: 'new', owner: 'ann', type: 'host' })
    expect(saidNow(asset({ os: 'a', tags: ['x'] }), asset({ owner: 'b' }))).toMatchObject({
      os: 'a',
      owner: 'b',
      tags: ['x'],
    })
  })

  it('has the tags of all sources, and unknown ones only while no source gives any', () => {
    expect(mergeSources([source(1, 10, { tags: ['b'] }), source(2, 20, { tags: ['a', 'b'] })]).tags).toEqual(['a', 'b'])
    expect(mergeSources([source(1, 10, { tags: [] }), source(2, 20, {})]).tags).toEqual([])
    expect(mergeSources([source(1, 10, {})]).tags).toBeNull()
  })

  it('is the same in whatever order its sources are given', () => {
    const sources: [AssetSource, ...AssetSource[]] = [
      source(1, 10, { os: 'x' }),
      source(2, 10, { os: 'y' }),
      source(3, 5, { owner: 'z' }),
    ]
    expect(mergeSources(sources.toReversed() as typeof sources)).toEqual(mergeSources(sources))
  })
})
