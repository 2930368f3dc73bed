import { createHash, randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { EvidenceLostError, type EvidenceStore } from '../src/application/evidence-store.port.js'

const MIB = 1024 * 1024

/** What every store of evidence keeps. */
export function evidenceStoreConformance(store: () => EvidenceStore): void {
  const kept = async (...chunks: Uint8Array[]) => {
    const id = uuidv7()
    await store().write(id, from(chunks))
    return id
  }
  const read = async (id: string) => Buffer.concat(await (await store().read(id)).toArray())

  describe('a store of evidence', () => {
    it.each<[string, () => Uint8Array[]]>([
      ['one byte', () => [Uint8Array.of(7)]],
      ['nothing', () => []],
      ['empty chunks between others', () => [Buffer.from('a'), Buffer.alloc(0), Buffer.from('b')]],
      ['every byte there is', () => [Uint8Array.from({ length: 256 }, (_, byte) => byte)]],
      ['as many bytes as one of its pieces', () => [randomBytes(256 * 1024)]],
      ['one byte more', () => [randomBytes(256 * 1024), Buffer.from('x')]],
      ['more than one part of an upload', () => Array.from({ length: 11 }, () => randomBytes(MIB))],
      ['thousands of small chunks', () => Array.from({ length: 5_000 }, () => randomBytes(13))],
    ])('gives back what it was given: %s', async (_, make) => {
      const chunks = make()
      const whole = Buffer.concat(chunks)
      const back = await read(await kept(...chunks))
      expect(back.length).toBe(whole.length)
      expect(createHash('sha256').update(back).digest('hex')).toBe(createHash('sha256').update(whole).digest('hex'))
    })

    it('knows nothing of an id that it was never given', async () => {
      await expect(store().read(uuidv7())).rejects.toBeInstanceOf(EvidenceLostError)
    })

    it('keeps files apart, and removes one alone', async () => {
      const [one, other] = [await kept(Buffer.from('one')), await kept(Buffer.from('other'))]
      await store().remove(one)
      await expect(store().read(one)).rejects.toBeInstanceOf(EvidenceLostError)
      expect((await read(other)).toString()).toBe('other')
    })

    it('finds nothing wrong with removing twice, or what was never there', async () => {
      const id = await kept(Buffer.from('x'))
      await store().remove(id)
      await store().remove(id)
      await store().remove(uuidv7())
    })

    it('throws on what its sender throws, and what came before can be removed', async () => {
      for (const before of [0, 100, 12 * MIB]) {
        const id = uuidv7()
        const fault = new Error('the sender went away')
        const failing = async function* () {
          for (let sent = 0; sent < before; sent += MIB) yield Buffer.alloc(Math.min(MIB, before - sent))
          throw fault
        }
        await expect(store().write(id, failing())).rejects.toBe(fault)
        await store().remove(id)
        await expect(store().read(id)).rejects.toBeInstanceOf(EvidenceLostError)
      }
    })

    it('can be written and read by many at once', async () => {
      const files = Array.from({ length: 20 }, (_, index) => Buffer.alloc(300_000, index))
      const ids = await Promise.all(files.map((file) => kept(file)))
      expect(
        await Promise.all(ids.map(async (id) => (await read(id)).equals(files[ids.indexOf(id)] ?? Buffer.of()))),
      ).toEqual(files.map(() => true))
    })

    it('lets a reader go away in the midst', async () => {
      const id = await kept(randomBytes(8 * MIB))
      const stream: Readable = await store().read(id)
      for await (const _ of stream) break
      await expect.poll(() => stream.destroyed).toBe(true)
      expect((await read(id)).length).toBe(8 * MIB)
    })

    it('takes from its sender no faster than it keeps', async () => {
      let [made, most] = [0, 0]
      const before = process.memoryUsage.rss()
      const chunk = Buffer.alloc(64 * 1024, 1)
      const sender = async function* () {
        for (; made < 64 * MIB; made += chunk.length) {
          most = Math.max(most, process.memoryUsage.rss() - before)
          yield chunk
        }
      }
      const id = uuidv7()
      await store().write(id, sender())
      // Whoever held what came would hold 64 MiB at the end.
      expect(most).toBeLessThan(48 * MIB)
      await store().remove(id)
    })
  })
}

async function* from(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}
