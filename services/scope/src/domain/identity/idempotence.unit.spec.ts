import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assetId, assetTypes } from './asset.js'
import { componentIdentity, purlIdentity } from './component.js'
import { locationIdentity } from './location.js'
import { vulnerabilityIdentity } from './vulnerability.js'

// Events from other systems carry identities that were normalised before: doing it again must change nothing.

const pathLike = fc
  .array(
    fc.constantFrom(
      '/',
      '//',
      '\\',
      './',
      '../',
      'a',
      ' ',
      '.',
      'file:',
      'file:///',
      '%2F',
      '%20',
      '%',
      'https://',
      'é',
      ':',
      '@',
      '?',
      '#',
      'pkg:',
      'npm',
      '-',
      '1',
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(''))
const anyText = fc.oneof(pathLike, fc.string({ unit: 'binary' }))

describe('done twice is as done once', () => {
  it('for places', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = locationIdentity(text)
        expect(locationIdentity(once)).toBe(once)
      }),
      { numRuns: 2000 },
    )
  })

  it('for ids of assets', () => {
    fc.assert(
      fc.property(fc.constantFrom(...assetTypes), anyText, (type, name) => {
        const id = assetId({ type, name })
        expect(assetId({ type, name, id })).toBe(id)
      }),
      { numRuns: 2000 },
    )
  })

  it('for components', () => {
    const purl = fc
      .tuple(fc.constantFrom('npm', 'rpm', 'pypi', 'maven', 'golang', 'nuget', 'oci'), anyText)
      .map(([type, rest]) => `pkg:${type}/${rest}`)
    fc.assert(
      fc.property(purl, (text) => {
        const once = purlIdentity(text)
        if (once !== undefined) expect(purlIdentity(once)).toBe(once)
        expect(typeof componentIdentity({ purl: text, name: text })).toBe('string')
      }),
      { numRuns: 2000 },
    )
  })

  it('for vulnerabilities, whichever of the ids is named first', () => {
    const id = fc.constantFrom(
      'CVE-2021-44228',
      'cve-2021-3121',
      'GHSA-c3h9-896r-86jm',
      'GO-2021-0053',
      'RHSA-2021:1',
      'DEBIAN-CVE-2021-3121',
      'B101',
      'x y',
    )
    fc.assert(
      fc.property(id, fc.array(id, { maxLength: 4 }), (own, aliases) => {
        const once = vulnerabilityIdentity(own, aliases)
        expect(vulnerabilityIdentity(once.id, once.aliases)).toEqual(once)
        for (const alias of once.aliases) expect(vulnerabilityIdentity(alias, [once.id]).id).toBe(once.id)
      }),
      { numRuns: 2000 },
    )
  })
})
