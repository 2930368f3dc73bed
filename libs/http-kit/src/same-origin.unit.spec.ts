import { describe, expect, it } from 'vitest'
import { sameOrigin } from './same-origin.js'
import { endedSessionCookie, sessionCookie, sessionToken } from './session-cookie.js'

describe('a request with a cookie', () => {
  it.each([
    ['GET', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, true],
    ['POST', {}, true],
    ['POST', { 'sec-fetch-site': 'none' }, true],
    ['POST', { 'sec-fetch-site': 'same-origin' }, true],
    ['POST', { 'sec-fetch-site': 'same-site' }, false],
    ['DELETE', { 'sec-fetch-site': 'cross-site' }, false],
    ['POST', { origin: 'https://a.example', host: 'a.example' }, true],
    ['POST', { origin: 'https://a.example:8443', host: 'a.example:8443' }, true],
    ['POST', { origin: 'https://a.example:8443', host: 'a.example' }, false],
    ['POST', { origin: 'https://a.example.evil.example', host: 'a.example' }, false],
    ['POST', { origin: 'null', host: 'a.example' }, false],
    ['POST', { origin: '', host: 'a.example' }, false],
    ['POST', { origin: 'https://a.example', host: 'service:8080', 'x-forwarded-host': 'a.example' }, true],
    ['POST', { origin: 'https://a.example' }, false],
  ])('%s with %o: %s', (method, headers, allowed) => {
    expect(sameOrigin(method, headers)).toBe(allowed)
  })
})

describe('the session cookie', () => {
  const expires = new Date('2026-01-01T00:00:00Z')

  it('is out of reach of scripts and other sites, and of plain HTTP where there is HTTPS', () => {
    expect(sessionCookie('abc', expires, true)).toBe(
      'reprieve_session=abc; Path=/; HttpOnly; SameSite=Lax; Expires=Thu, 01 Jan 2026 00:00:00 GMT; Secure',
    )
    expect(sessionCookie('abc', expires, false)).not.toContain('Secure')
    expect(endedSessionCookie(false)).toMatch(/^reprieve_session=; .*Expires=Thu, 01 Jan 1970/)
  })

  it.each([
    ['reprieve_session=abc', 'abc'],
    ['a=b; reprieve_session=abc; c=d', 'abc'],
    ['reprieve_session=', null],
    ['not_reprieve_session=abc', null],
    ['', null],
    [undefined, null],
  ])('in %j is %j', (cookies, token) => {
    expect(sessionToken(cookies)).toBe(token)
  })
})
