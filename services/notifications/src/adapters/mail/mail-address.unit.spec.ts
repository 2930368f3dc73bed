import { describe, expect, it } from 'vitest'
import { parseMailAddress } from './mail-address.js'

describe('the sender', () => {
  it.each([
    ['reprieve@example.org', { name: '', address: 'reprieve@example.org', domain: 'example.org' }],
    [
      ' Reprieve Ä <no-reply@Mail.Example.org> ',
      { name: 'Reprieve Ä', address: 'no-reply@Mail.Example.org', domain: 'mail.example.org' },
    ],
    ['reprieve@localhost', { name: '', address: 'reprieve@localhost', domain: 'localhost' }],
  ])('can be %s', (given, expected) => {
    expect(parseMailAddress(given)).toEqual(expected)
  })

  it.each([
    '',
    'reprieve',
    '@example.org',
    'a@b@c.example',
    'a b@example.org',
    'Reprieve <>',
    'Reprieve <a@example.org> x',
    '"x" <a@example.org>',
    'a@example.org\r\nBcc: b@example.org',
    'a@-example.org',
    'a@example..org',
  ])('cannot be %j', (given) => {
    expect(parseMailAddress(given)).toBeNull()
  })
})
