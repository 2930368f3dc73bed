import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { packingOf, unpacked } from './unpacked-body.js'

const all = async (source: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
const body = (...chunks: (string | Buffer)[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)))

it('A body comes out as it was before it was packed', async () => {
  expect(await all(unpacked(body('a', 'b'), 'identity', 10))).toBe('ab')
  expect(await all(unpacked(body(gzipSync('hello')), 'gzip', 10))).toBe('hello')
})

it('A small body that unpacks to more than may be ends with 413, long before all of it has come out', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  expect(bomb.length).toBeLessThan(100_000)
  await expect(all(unpacked(body(bomb), 'gzip', 1_000_000))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
})

it('What is no gzip, or ends in the middle of it, is malformed', async () => {
  await expect(all(unpacked(body('plain'), 'gzip', 100))).rejects.toMatchObject({ code: 'MALFORMED' })
  const half = gzipSync('a'.repeat(1_000)).subarray(0, 20)
  await expect(all(unpacked(body(half), 'gzip', 10_000))).rejects.toMatchObject({ code: 'MALFORMED' })
})

it('A body that breaks off fails with what broke it', async () => {
  const broken = new Readable({ read() {} })
  broken.push('a')
  setImmediate(() => broken.destroy(new Error('gone')))
  await expect(all(unpacked(broken, 'identity', 10))).rejects.toThrow('gone')
})

it('Only gzip is unpacked', () => {
  expect(packingOf(undefined)).toBe('identity')
  expect(packingOf('GZIP')).toBe('gzip')
  expect(() => packingOf('br')).toThrow(/gzip/)
})
