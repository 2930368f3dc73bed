import { describe, expect, it } from 'vitest'
import { type AssetType, assetId, pathNamesAsset, withoutDigest } from './asset.js'

const digest = `sha256:${'a'.repeat(64)}`

describe("an asset's id", () => {
  it("is the scanner's own where it has one", () => {
    const id = 'arn:aws:s3:::Logs'
    expect(assetId({ id, name: 'Logs', type: 'cloudResource' })).toBe(id)
    expect(assetId({ id: '  ', name: 'Logs', type: 'host' })).toBe('host:logs')
  })

  it('is one for the cases in which Azure writes its resource ids', () => {
    const a = assetId({ id: '/subscriptions/A/resourceGroups/rg', name: 'x', type: 'cloudResource' })
    expect(a).toBe(assetId({ id: '/Subscriptions/a/resourcegroups/RG', name: 'x', type: 'cloudResource' }))
  })

  it('made here and given back is the same', () => {
    const id = assetId({ name: 'alpine', type: 'image' })
    expect(assetId({ id, name: 'alpine', type: 'image' })).toBe(id)
  })

  it.each<[AssetType, string, string[]]>([
    [
      'image',
      'docker.io/library/alpine:latest',
      ['alpine', 'alpine:latest', 'library/alpine', 'index.docker.io/library/alpine', `alpine:latest@${digest}`],
    ],
    [
      'image',
      'docker.io/keycloak/keycloak:21.0.2',
      ['keycloak/keycloak:21.0.2', `docker.io/keycloak/keycloak:21.0.2@${digest}`],
    ],
    ['image', 'registry.example:5000/a/b:latest', ['registry.example:5000/a/b', 'Registry.Example:5000/a/b:latest']],
    ['image', `docker.io/library/alpine@${digest}`, [`alpine@${digest}`]],
    ['image', 'localhost/app:1', ['localhost/app:1']],
    ['image', digest, [digest]],
    ['host', 'web-1.example.com', ['WEB-1.example.com', 'web-1.example.com.', ' web-1.example.com ']],
    [
      'repository',
      'git.example/acme/App',
      [
        'https://git.example/acme/App.git',
        'git@git.example:acme/App',
        'ssh://git@git.example/acme/App/',
        'git.example/acme/App',
      ],
    ],
    ['repository', 'payments', ['payments', ' payments ']],
    ['repository', '/', ['/']],
    ['application', 'Web Shop', ['Web  Shop']],
  ])('for %s %s is one for all its ways of writing', (type, normalised, names) => {
    for (const name of names) expect(assetId({ name, type })).toBe(`${type}:${normalised}`)
  })

  it.each([
    ['a:1', 'a:2'],
    ['registry.example/a', 'a'],
    [`a@${digest}`, 'a'],
  ])('tells the images %s and %s apart', (a, b) => {
    expect(assetId({ name: a, type: 'image' })).not.toBe(assetId({ name: b, type: 'image' }))
  })
})

it("an image's digest is left out of its name only if a tag remains", () => {
  expect(withoutDigest(`a/b:1@${digest}`)).toBe('a/b:1')
  expect(withoutDigest(`r:5000/b@${digest}`)).toBe(`r:5000/b@${digest}`)
  expect(withoutDigest(`b@${digest}`)).toBe(`b@${digest}`)
  expect(withoutDigest('a:1')).toBe('a:1')
})

describe('a folder', () => {
  it.each([
    '.',
    './',
    '..',
    '/',
    '',
    '-',
    '/src',
    'src/',
    '/github/workspace/',
    'file:///github/workspace',
    'file:///',
    'C:\\',
    '/App',
    'unknown',
  ])('%j is called so everywhere and names no asset', (path) => {
    expect(pathNamesAsset(path)).toBe(false)
  })

  it.each(['/src/payments', 'payments', './services/api', 'file:///home/jo/payments/', 'C:\\work\\payments'])(
    '%j names one',
    (path) => {
      expect(pathNamesAsset(path)).toBe(true)
    },
  )
})
