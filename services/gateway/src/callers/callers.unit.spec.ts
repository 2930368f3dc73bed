import { describe, expect, it } from 'vitest'
import { byAddress } from './callers.js'

describe('an address', () => {
  it.each([
    ['10.0.0.1', 'address:10.0.0.1'],
    ['::ffff:10.0.0.1', 'address:10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2'],
    ['2001:db8:1:2::9', 'address:2001:db8:1:2'],
    ['2001:db8::1', 'address:2001:db8:0:0'],
    ['2001:0db8::', 'address:2001:db8:0:0'],
    ['::1', 'address:0:0:0:0'],
    ['fe80::1%eth0', 'address:fe80:0:0:0'],
  ])('%s counts as %s', (address, key) => {
    expect(byAddress(address)).toBe(key)
  })
})
