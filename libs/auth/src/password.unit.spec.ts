import { argon2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkPassword, hashPassword, MAX_PASSWORD_BYTES } from './password.js'

describe('a password', () => {
  it('is right against its own hash and wrong against any other', async () => {
    const hash = await hashPassword('correct horse battery')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(await checkPassword('correct horse battery', hash)).toEqual({ right: true, rehash: false })
    expect(await checkPassword('correct horse batterz', hash)).toEqual({ right: false, rehash: false })
    expect(await checkPassword('', hash)).toEqual({ right: false, rehash: false })
  })

  it('has a salt of its own each time', async () => {
    expect(await hashPassword('the same again')).not.toBe(await hashPassword('the same again'))
  })

  it('is the same however its letters were composed', async () => {
    const hash = await hashPassword('Zo\u00eb knows nothing')
    expect((await checkPassword('Zoe\u0308 knows nothing', hash)).right).toBe(true)
  })

  it('is never right where there is no hash, at the same cost', async () => {
    expect(await checkPassword('correct horse battery', null)).toEqual({ right: false, rehash: false })
  })

  it('is to be hashed anew where its hash has other parameters', async () => {
    const salt = Buffer.alloc(16, 7)
    const tag = argon2Sync('argon2id', {
      message: 'old',
      nonce: salt,
      parallelism: 1,
      tagLength: 32,
      memory: 1_024,
      passes: 1,
    })
    const plain = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
    const hash = `$argon2id$v=19$m=1024,t=1,p=1$${plain(salt)}$${plain(tag)}`
    expect(await checkPassword('old', hash)).toEqual({ right: true, rehash: true })
    expect(await checkPassword('new', hash)).toEqual({ right: false, rehash: false })
  })

  it('beyond the bound is wrong rather than cut', async () => {
    const long = 'x'.repeat(MAX_PASSWORD_BYTES)
    const hash = await hashPassword(long)
    expect((await checkPassword(long, hash)).right).toBe(true)
    expect((await checkPassword(`${long}x`, hash)).right).toBe(false)
    await expect(hashPassword(`${long}x`)).rejects.toThrow(RangeError)
  })

  it('is not checked against what is no hash', async () => {
    await expect(checkPassword('x', '$argon2i$v=19$m=1,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA')).rejects.toThrow(
      TypeError,
    )
  })
})
