import { Secret } from '@reprieve/config'
import { type S3TestServer, startS3Server } from '@reprieve/testing'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LargeObjectStore } from '../src/adapters/evidence/large-object.store.js'
import { S3Store } from '../src/adapters/evidence/s3.store.js'
import { EvidenceStoreFault } from '../src/application/evidence-store.port.js'
import { evidenceStoreConformance } from './evidence-store-conformance.js'
import { openStore, type Store } from './store.js'

// Maven may have to fetch the server first.
const FETCH_MS = 300_000

describe('large objects of PostgreSQL', () => {
  let store: Store
  let objects: LargeObjectStore
  beforeAll(async () => {
    store = await openStore()
    objects = new LargeObjectStore(store.database)
  })
  afterAll(() => store?.own.drop())

  evidenceStoreConformance(() => objects)

  it('leave none behind when they are removed', async () => {
    const count = async () => {
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM pg_largeobject_metadata`.execute(
        store.database.db,
      )
      return rows[0]?.n
    }
    const before = await count()
    const id = uuidv7()
    await objects.write(id, from('x'))
    expect(await count()).toBe((before ?? 0) + 1)
    await objects.remove(id)
    expect(await count()).toBe(before)
  })

  it('hold no connection while a sender or a reader is slow', async () => {
    const { pool } = store.database
    const idle = () => pool.totalCount - pool.idleCount
    const ids = Array.from({ length: 3 }, () => uuidv7())
    const writing = ids.map((id) => {
      const gate = Promise.withResolvers<void>()
      const slow = async function* () {
        yield Buffer.alloc(600_000)
        await gate.promise
        yield Buffer.from('end')
      }
      return { gate, done: objects.write(id, slow()) }
    })
    await expect.poll(idle).toBe(0)
    for (const { gate } of writing) gate.resolve()
    await Promise.all(writing.map(({ done }) => done))
    const stream = await objects.read(ids[0] ?? '')
    await stream.iterator({ destroyOnReturn: false }).next()
    await expect.poll(idle).toBe(0)
    stream.destroy()
  })
})

const server: S3TestServer | null = await startS3Server()

describe.skipIf(server === null)('a bucket', () => {
  const settings = (changes: { secretAccessKey?: string; bucket?: string } = {}) => ({
    bucket: changes.bucket ?? server?.bucket ?? '',
    prefix: 'files/',
    region: 'us-east-1',
    endpoint: server?.endpoint ?? '',
    pathStyle: true,
    credentials: {
      accessKeyId: server?.accessKeyId ?? '',
      secretAccessKey: new Secret(changes.secretAccessKey ?? server?.secretAccessKey ?? ''),
    },
  })
  let bucket: S3Store
  beforeAll(() => {
    bucket = new S3Store(settings())
  })
  afterAll(async () => {
    bucket?.close()
    await server?.close()
  })

  evidenceStoreConformance(() => bucket)

  it.each<[string, Parameters<typeof settings>[0]]>([
    ['a wrong key', { secretAccessKey: 'not-this-one' }],
    ['a bucket that is not there', { bucket: 'nowhere' }],
  ])('says that it is at fault for %s, and shows no secret', async (_, changes) => {
    const wrong = new S3Store(settings(changes))
    for (const work of [() => wrong.write(uuidv7(), from('x')), () => wrong.read(uuidv7())]) {
      const fault = await work().then(
        () => null,
        (error: Error) => error,
      )
      expect(fault).toBeInstanceOf(EvidenceStoreFault)
      expect(JSON.stringify([fault, fault?.stack, fault?.cause])).not.toContain('not-this-one')
    }
    wrong.close()
  })

  it(
    'is at fault while its server is away, and is there again with it',
    async () => {
      const id = uuidv7()
      await bucket.write(id, from('before'))
      await server?.kill()
      await expect(bucket.read(id)).rejects.toBeInstanceOf(EvidenceStoreFault)
      await expect(bucket.write(uuidv7(), from('x'))).rejects.toBeInstanceOf(EvidenceStoreFault)
      await expect(bucket.remove(id)).rejects.toBeInstanceOf(EvidenceStoreFault)
      await server?.start()
      expect(Buffer.concat(await (await bucket.read(id)).toArray()).toString()).toBe('before')
    },
    FETCH_MS,
  )
})

async function* from(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
