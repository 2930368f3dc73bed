import { describe, expect, it } from 'vitest'
import { instanceKey } from './instance.js'
import { locationIdentity } from './location.js'

describe('a place inside an asset', () => {
  it.each([
    [
      'src/a.ts',
      ['./src/a.ts', '/src/a.ts', 'src//a.ts', '.\\src\\a.ts', 'file:///src/a.ts', 'file:/src/./a.ts', ' src/a.ts '],
    ],
    ['src/a b.ts', ['file:///src/a%20b.ts', 'src/a b.ts']],
    ['src/..a/.b/c.', ['/src/..a/.b/c.']],
    ['https://example.com//a', ['https://example.com//a']],
    ['100%.txt', ['100%.txt', 'file:///100%.txt']],
  ])('%j is one for all its ways of writing', (identity, ways) => {
    for (const way of ways) expect(locationIdentity(way)).toBe(identity)
  })

  it('is none where nothing is said', () => {
    for (const nothing of [undefined, '', ' ', '.', './', '/']) expect(locationIdentity(nothing)).toBeUndefined()
  })
})

describe('what makes two findings one instance', () => {
  const parts = { asset: 'image:a', vulnerability: 'CVE-2024-1', component: 'pkg:npm/a', location: 'app' }

  it('is asset, vulnerability, component and place together', () => {
    expect(instanceKey(parts)).toBe(instanceKey({ ...parts }))
    const others = [
      { ...parts, asset: 'image:b' },
      { ...parts, vulnerability: 'CVE-2024-2' },
      { ...parts, component: '' },
      { ...parts, location: undefined },
      { ...parts, version: '1' },
    ]
    expect(new Set([parts, ...others].map(instanceKey)).size).toBe(6)
  })

  it('cannot be forged by moving text from one part to the next', () => {
    const a = instanceKey({ asset: 'x","y', vulnerability: 'z', component: '' })
    const b = instanceKey({ asset: 'x', vulnerability: 'y","z', component: '' })
    expect(a).not.toBe(b)
  })
})
