import { describe, expect, it } from 'vitest'
import { canonicalHost, judgeAddress, type TargetFault, targetFault } from './webhook-target.js'

describe('an address', () => {
  it.each([
    ['93.184.216.34', 'public'],
    ['2606:2800:220:1:248:1893:25c8:1946', 'public'],
    ['::ffff:93.184.216.34', 'public'],
    ['127.0.0.1', 'private'],
    ['127.255.0.9', 'private'],
    ['::1', 'private'],
    ['::ffff:127.0.0.1', 'private'],
    ['::ffff:7f00:1', 'private'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd00::1', 'private'],
    ['fc00::1', 'private'],
    ['169.254.169.254', 'never'],
    ['::ffff:169.254.169.254', 'never'],
    ['fe80::1', 'never'],
    ['fe80::1%eth0', 'never'],
    ['fd00:ec2::254', 'never'],
    ['100.100.100.200', 'never'],
    ['168.63.129.16', 'never'],
    ['0.0.0.0', 'never'],
    ['0.1.2.3', 'never'],
    ['::', 'never'],
    ['224.0.0.1', 'never'],
    ['ff02::1', 'never'],
    ['255.255.255.255', 'never'],
    ['240.0.0.1', 'never'],
    ['192.0.2.1', 'never'],
    ['198.18.0.1', 'never'],
    ['2001:db8::1', 'never'],
    // IPv4 within IPv6: whatever translates it decides where it goes.
    ['64:ff9b::7f00:1', 'never'],
    ['2002:7f00:1::', 'never'],
    ['2001:0:7f00:1::', 'never'],
    ['localhost', 'never'],
    ['', 'never'],
  ])('%s is %s', (address, verdict) => {
    expect(judgeAddress(address)).toBe(verdict)
  })
})

describe('a host', () => {
  it.each([
    ['Hooks.Corp.Example', 'hooks.corp.example'],
    [' hooks.corp.example. ', 'hooks.corp.example'],
    ['10.1.2.3', '10.1.2.3'],
    // As every URL reader understands them.
    ['0x7f000001', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['fd00::1', '[fd00::1]'],
    ['[FD00::1]', '[fd00::1]'],
    ['a/b', null],
    ['a:80', null],
    ['user@host', null],
    ['*.corp.example', null],
    ['', null],
    ['a b', null],
    ['[::1', null],
    ['::::', null],
  ])('%s is %s', (given, canonical) => {
    expect(canonicalHost(given)).toBe(canonical)
  })
})

describe('a webhook’s address', () => {
  const fault = (url: string, ...allowed: string[]): TargetFault | null => targetFault(new URL(url), new Set(allowed))

  it.each<[string, TargetFault | null]>([
    ['https://hooks.example.org/x?y=1', null],
    ['https://93.184.216.34:8443/x', null],
    ['http://hooks.example.org/', 'not_encrypted'],
    ['ftp://hooks.example.org/', 'scheme'],
    ['https://user:secret@hooks.example.org/', 'credentials'],
    ['https://hooks.example.org/#x', 'fragment'],
    ['https://127.0.0.1/', 'not_allowed'],
    ['https://2130706433/', 'not_allowed'],
    ['https://0x7f.1/', 'not_allowed'],
    ['https://[::1]/', 'not_allowed'],
    ['https://[::ffff:10.0.0.1]/', 'not_allowed'],
    ['https://LOCALHOST/', 'not_allowed'],
    ['https://localhost./', 'not_allowed'],
    ['https://a.localhost/', 'not_allowed'],
    ['https://169.254.169.254/latest', 'never'],
    ['https://0/', 'never'],
  ])('%s: %s', (url, expected) => {
    expect(fault(url)).toBe(expected)
  })

  it('may be within the network, and not encrypted, where an admin allows the host', () => {
    expect(fault('http://127.0.0.1:8080/', '127.0.0.1')).toBeNull()
    expect(fault('http://[::1]:8080/', '[::1]')).toBeNull()
    expect(fault('http://hooks.corp.example./', 'hooks.corp.example')).toBeNull()
    expect(fault('http://other.corp.example/', 'hooks.corp.example')).toBe('not_encrypted')
  })

  it('is never a link-local one, whatever an admin allows', () => {
    expect(fault('http://169.254.169.254/', '169.254.169.254')).toBe('never')
  })
})
