import { describe, expect, it } from 'vitest'
import { componentIdentity, isSystemPackage, purlIdentity } from './component.js'
import { isSystemEcosystem, packageUrlOf } from './ecosystem.js'

describe("a component's package URL", () => {
  it.each([
    ['pkg:npm/lodash@4.17.20', 'pkg:npm/lodash'],
    ['pkg:npm/%40angular/core@12.0.0?foo=bar#sub/path', 'pkg:npm/%40angular/core'],
    ['pkg:golang/github.com/gogo/protobuf@v1.3.1', 'pkg:golang/github.com/gogo/protobuf'],
    ['pkg:rpm/rhel/nss@3.79.0-17.el9_1?arch=x86_64&upstream=nss.src.rpm&distro=rhel-9.1', 'pkg:rpm/redhat/nss'],
    ['pkg:rpm/redhat/nss@3.79.0-17.el9_1?arch=x86_64&distro=redhat-9.1', 'pkg:rpm/redhat/nss'],
    ['pkg:rpm/amzn/curl@8?epoch=0', 'pkg:rpm/amazon/curl'],
    ['pkg:apk/alpine/libxml2@2.10.3-r1?distro=3.17.3', 'pkg:apk/alpine/libxml2'],
    ['pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie', 'pkg:deb/debian/curl'],
    ['pkg:maven/org.apache/log4j@1.2?type=jar', 'pkg:maven/org.apache/log4j'],
    ['pkg:maven/org.apache/log4j@1.2?classifier=sources&type=jar', 'pkg:maven/org.apache/log4j?classifier=sources'],
    ['pkg:pypi/Ruamel_Yaml.clib@1', 'pkg:pypi/ruamel-yaml-clib'],
    ['pkg:nuget/Newtonsoft.Json@1', 'pkg:nuget/newtonsoft.json'],
    [
      'pkg:oci/debian@sha256%3A244fd?repository_url=docker.io/library/debian&arch=amd64',
      'pkg:oci/debian?repository_url=docker.io%2Flibrary%2Fdebian',
    ],
  ])('%s identifies %s', (purl, identity) => {
    expect(purlIdentity(purl)).toBe(identity)
  })

  it.each(['', 'lodash', 'pkg:', 'pkg:npm', 'npm/lodash', 'pkg:npm/%zz@1', '__proto__'])('%j is none', (purl) => {
    expect(purlIdentity(purl)).toBeUndefined()
  })
})

describe('which component a finding is about', () => {
  it('is said by the package URL, else by the name, else it is the asset itself', () => {
    expect(componentIdentity({ name: 'lodash', purl: 'pkg:npm/lodash@4' })).toBe('pkg:npm/lodash')
    expect(componentIdentity({ name: '  open  ssl ' })).toBe('name:open ssl')
    expect(componentIdentity({ name: 'x', purl: 'broken' })).toBe('name:x')
    expect(componentIdentity({ purl: 'broken@1?a=b' })).toBe('name:broken')
    expect(componentIdentity({})).toBe('')
    expect(componentIdentity(undefined)).toBe('')
  })

  it('does not depend on its version', () => {
    expect(componentIdentity({ purl: 'pkg:npm/a@1' })).toBe(componentIdentity({ purl: 'pkg:npm/a@2' }))
  })
})

it('packages of an operating system are told by their type', () => {
  expect(isSystemPackage('pkg:apk/alpine/openssl@1')).toBe(true)
  expect(isSystemPackage('pkg:npm/apk@1')).toBe(false)
  expect(isSystemEcosystem('Debian:12')).toBe(true)
  expect(isSystemEcosystem('npm')).toBe(false)
  expect(isSystemEcosystem('constructor')).toBe(false)
})

describe('a package given by kind and name', () => {
  it.each([
    ['alpine', 'openssl', '1.1.1c-r0', 'pkg:apk/alpine/openssl@1.1.1c-r0'],
    ['Debian:12', 'curl', '7.88', 'pkg:deb/debian/curl@7.88'],
    ['node-pkg', '@angular/core', '12.0.0', 'pkg:npm/%40angular/core@12.0.0'],
    ['Go', 'github.com/gogo/protobuf', '1.3.1', 'pkg:golang/github.com/gogo/protobuf@1.3.1'],
    ['crates.io', 'regex', '1.5.1', 'pkg:cargo/regex@1.5.1'],
    ['Maven', 'org.apache.logging.log4j:log4j-core', '2.14', 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14'],
    ['Packagist', 'monolog/monolog', undefined, 'pkg:composer/monolog/monolog'],
  ])('%s %s has the package URL %4$s', (kind, name, version, purl) => {
    expect(packageUrlOf(kind, name, version)).toBe(purl)
  })

  it('has none where the kind is not known or the name is missing', () => {
    expect(packageUrlOf('dockerfile', 'x')).toBeUndefined()
    expect(packageUrlOf('npm', ' ')).toBeUndefined()
    expect(packageUrlOf('__proto__', 'x')).toBeUndefined()
  })
})
