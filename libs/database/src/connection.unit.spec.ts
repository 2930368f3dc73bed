import { readConfig } from '@reprieve/config'
import { describe, expect, it } from 'vitest'
import { databaseUrl, databaseVariables } from './connection.js'

const ADDRESS = 'postgresql://db.example.org:5432/reprieve_scope'
const read = (environment: Record<string, string>) =>
  databaseUrl(readConfig(databaseVariables, { DATABASE_URL: ADDRESS, ...environment }))

describe('how a database is reached', () => {
  it('needs only an address, which stays as it is', () => {
    const whole = 'postgresql://me:secret@db/reprieve?sslmode=no-verify&options=-c%20work_mem%3D8MB'
    expect(read({ DATABASE_URL: whole })).toBe(whole)
  })

  it('takes user and password apart from the address, whatever is in them', () => {
    const url = new URL(read({ DATABASE_USER: 'a:b@c', DATABASE_PASSWORD: 'p@ss/w:rd?#% ü' }))
    expect(decodeURIComponent(url.username)).toBe('a:b@c')
    expect(decodeURIComponent(url.password)).toBe('p@ss/w:rd?#% ü')
    expect(url.host + url.pathname).toBe('db.example.org:5432/reprieve_scope')
  })

  it('insists on the server’s certificate and name with TLS, whoever vouches for it', () => {
    expect(read({ DATABASE_TLS: 'true' })).toBe(`${ADDRESS}?sslmode=verify-full`)
    const files = { CA: '/tls/ca.pem', CERTIFICATE: '/tls/me.pem', KEY: '/tls/me-key.pem' }
    const named = Object.entries(files).map(([name, path]) => [`DATABASE_TLS_${name}_PATH`, path])
    const { searchParams } = new URL(read({ DATABASE_TLS: 'true', ...Object.fromEntries(named) }))
    expect(Object.fromEntries(searchParams)).toEqual({
      sslmode: 'verify-full',
      sslrootcert: files.CA,
      sslcert: files.CERTIFICATE,
      sslkey: files.KEY,
    })
  })

  it.each([
    [{ DATABASE_URL: 'postgresql://me@db/x', DATABASE_USER: 'you' }, /DATABASE_USER/],
    [{ DATABASE_URL: 'postgresql://me:pw@db/x', DATABASE_PASSWORD: 'other' }, /DATABASE_PASSWORD/],
    [{ DATABASE_PASSWORD: 'nobody’s' }, /DATABASE_USER/],
    [{ DATABASE_TLS_CA_PATH: '/nowhere/ca' }, /DATABASE_TLS must be true/],
    [{ DATABASE_TLS: 'true', DATABASE_TLS_KEY_PATH: '/key' }, /DATABASE_TLS_CERTIFICATE_PATH/],
    [{ DATABASE_URL: `${ADDRESS}?sslmode=require`, DATABASE_TLS: 'true' }, /sslmode/],
  ])('refuses halves of what belongs together, and two words for one thing: %j', (environment, message) => {
    expect(() => read(environment)).toThrow(message)
  })
})
