import 'reflect-metadata'
import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { ManualClock } from '@reprieve/clock'
import { Outbox } from '@reprieve/outbox'
import type { TestPerson } from '@reprieve/testing'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfiguredStores } from '../src/adapters/evidence/configured-stores.js'
import { LargeObjectStore } from '../src/adapters/evidence/large-object.store.js'
import { EvidenceRepository } from '../src/adapters/postgres/evidence.repository.js'
import type { ExceptionsTables } from '../src/adapters/postgres/tables.js'
import { SweepEvidence } from '../src/application/sweep-evidence.js'
import { ApprovalTransition, World } from './world.js'

const NOW = new Date('2026-03-10T09:00:00Z')
const MIB = 1024 * 1024
const MOST = 25 * MIB
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let world: World
const clock = new ManualClock(NOW)

beforeAll(async () => {
  world = await World.start(clock)
})
afterAll(() => world?.close())

// biome-ignore lint/suspicious/noExplicitAny: an answer's form is what the tests are about
type Answer = { status: number; body: any }

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: await response.json().catch(() => null),
})
const form = (content: Uint8Array | string, name = 'proof.txt', field = 'file') => {
  const data = new FormData()
  data.append(field, new File([content as Uint8Array<ArrayBuffer> | string], name))
  return data
}
const send = async (by: TestPerson, path: string, body: FormData, headers: Record<string, string> = {}) =>
  answerOf(await by.fetch(path, { method: 'POST', body, headers }))
const upload = (by: TestPerson, content: Uint8Array | string = 'proof', name?: string) =>
  send(by, '/evidence', form(content, name))
const uploaded = async (by: TestPerson, content?: string, name?: string): Promise<string> => {
  const { status, body } = await upload(by, content, name)
  expect({ status, body }).toMatchObject({ status: 201 })
  return body.id
}
const ask = (changes: Record<string, unknown>, by: TestPerson = world.people.ray) =>
  by.post('/exceptions', world.request(changes))
const count = async (table: string) => {
  const { db } = world.service.database.open()
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)}`.execute(db)
  return rows[0]?.n ?? 0
}

describe('an upload', () => {
  it('answers with what was kept of the file', async () => {
    const content = randomBytes(100_000)
    const { status, body } = await upload(world.people.ray, content, 'scan.bin')
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.any(String),
        name: 'scan.bin',
        size: 100_000,
        type: 'application/octet-stream',
        sha256: createHash('sha256').update(content).digest('hex'),
      },
    })
  })

  it.each<[string, Uint8Array | string, string, string]>([
    ['a picture that calls itself a page', PNG, 'page.html', 'image/png'],
    ['a page that calls itself a picture', '<html><script>alert(1)</script></html>', 'x.png', 'text/plain'],
    ['a PDF', '%PDF-1.7\n%âãÏÓ\n1 0 obj', 'x', 'application/pdf'],
    ['a text in any language', 'Größe, 大きさ', 'x.txt', 'text/plain'],
    ['a text that ends within a character', Buffer.from('ü'.repeat(40_000)).subarray(0, 65_535), 'x', 'text/plain'],
    ['bytes', Uint8Array.of(0, 1, 2, 3), 'x.txt', 'application/octet-stream'],
  ])('tells what it is by its content: %s', async (_, content, name, type) => {
    expect((await upload(world.people.ray, content, name)).body.type).toBe(type)
  })

  it.each<[string, string]>([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\ray\\proof.pdf', 'proof.pdf'],
    ['.htaccess', 'htaccess'],
    ['proof\u202egpj.exe', 'proofgpj.exe'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(196)}.pdf`],
    ['Größe 大.txt', 'Größe 大.txt'],
    ['..', 'unnamed'],
  ])('is called %s no longer where that is no safe name', async (given, kept) => {
    expect((await upload(world.people.ray, 'x', given)).body.name).toBe(kept)
  })

  it('of 25 MB is taken, of one byte more refused, and nothing of that stays', async () => {
    const { status, body } = await upload(world.people.rita, Buffer.alloc(MOST, 1))
    expect({ status, size: body.size }).toEqual({ status: 201, size: MOST })
    const before = [await count('evidence_blob'), await count('evidence_object'), await count('evidence')]
    expect(await upload(world.people.rita, Buffer.alloc(MOST + 1, 1))).toMatchObject({
      status: 413,
      body: { code: 'PAYLOAD_TOO_LARGE' },
    })
    expect([await count('evidence_blob'), await count('evidence_object'), await count('evidence')]).toEqual(before)
  })

  it.each<[string, () => FormData | string, Record<string, string>, number, string]>([
    ['an empty file', () => form(''), {}, 422, 'INVALID'],
    ['another field', () => form('x', 'x', 'attachment'), {}, 422, 'INVALID'],
    ['no file', () => new FormData(), {}, 422, 'INVALID'],
    [
      'two files',
      () => {
        const two = form('x')
        two.append('file', new File(['y'], 'y'))
        return two
      },
      {},
      422,
      'INVALID',
    ],
    [
      'a field beside it',
      () => {
        const more = form('x')
        more.append('note', 'y')
        return more
      },
      {},
      422,
      'INVALID',
    ],
    ['no form', () => '{}', { 'content-type': 'application/json' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form without a boundary', () => 'x', { 'content-type': 'multipart/form-data' }, 400, 'MALFORMED'],
    [
      'a form that is cut off',
      () => '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nabc',
      { 'content-type': 'multipart/form-data; boundary=b' },
      400,
      'MALFORMED',
    ],
  ])('is refused with %s', async (_, make, headers, status, code) => {
    const before = await count('evidence')
    const response = await world.people.ray.fetch('/evidence', { method: 'POST', body: make(), headers })
    expect(await answerOf(response)).toMatchObject({ status, body: { code } })
    expect(await count('evidence')).toBe(before)
  })

  it('needs the permission to request, or a role that may ask from tickets', async () => {
    const told = (n: number, requesterRoles: string[]) =>
      world.service.publish('tickets.v1', {
        subjectId: 'settings/exceptions',
        version: n,
        body: {
          subject: {
            case: 'settings',
            value: { name: 'exceptions', version: n, json: JSON.stringify({ requesterRoles }) },
          },
        },
      })
    await world.service.role('owner of tickets')
    const uno = await world.service.person('Uno', { role: 'owner of tickets' })
    const statusOf = async () => (await upload(uno)).status
    expect(await upload(uno)).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } })
    await told(1, ['owner of tickets'])
    await expect.poll(statusOf, { timeout: 20_000 }).toBe(201)
    expect(await upload(world.people.zoe)).toMatchObject({ status: 403, body: { code: 'NOT_PERMITTED' } })
    await told(2, [])
    await expect.poll(statusOf, { timeout: 20_000 }).toBe(403)
  })

  it('that is cut off by a client that goes away leaves nothing behind', async () => {
    const before = await count('evidence_blob')
    const { hostname, port } = new URL(world.service.url)
    const sending = httpRequest({
      hostname,
      port,
      path: '/evidence',
      method: 'POST',
      headers: { authorization: `Bearer ${world.people.ray.token}`, 'content-type': 'multipart/form-data; boundary=b' },
    })
    sending.on('error', () => {})
    sending.write('--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n')
    sending.write(Buffer.alloc(2 * MIB))
    await expect.poll(() => count('evidence_blob')).toBe(before + 1)
    sending.destroy()
    await expect.poll(() => count('evidence_blob'), { timeout: 5_000 }).toBe(before)
  })

  it('sent twice with one key is one file, and with another content refused', async () => {
    const key = { 'idempotency-key': uuidv7() }
    const first = await send(world.people.ray, '/evidence', form('once'), key)
    const before = [await count('evidence'), await count('evidence_object')]
    expect(await send(world.people.ray, '/evidence', form('once'), key)).toEqual(first)
    expect([await count('evidence'), await count('evidence_object')]).toEqual(before)
    expect(await send(world.people.ray, '/evidence', form('other'), key)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    })
    expect([await count('evidence'), await count('evidence_object')]).toEqual(before)
  })
})

describe('a request', () => {
  it('brings the files that it names, in their order, and tells of them', async () => {
    const { ray, ann } = world.people
    const ids = [await uploaded(ray, 'first', 'a.txt'), await uploaded(ray, 'second', 'b.txt')].reverse()
    const { status, body } = await ask({ evidenceIds: ids })
    expect({ status, body }).toMatchObject({ status: 201 })
    const { items } = (await ann.get(`/exceptions/${body.id}/evidence`)).body
    expect(items.map(({ id, name, addedBy }: Record<string, unknown>) => ({ id, name, addedBy }))).toEqual([
      { id: ids[0], name: 'b.txt', addedBy: { id: ray.id, name: 'Ray' } },
      { id: ids[1], name: 'a.txt', addedBy: { id: ray.id, name: 'Ray' } },
    ])
    const [event] = await world.told(body.id, 1)
    expect(event?.body.value).toMatchObject({
      exception: { evidenceIds: ids, evidence: [{ id: ids[0], name: 'b.txt', size: 6n }, { id: ids[1] }] },
    })
    const history = (await ray.get(`/exceptions/${body.id}/history`)).body.items
    expect(history[0]).toMatchObject({ type: 'submitted', evidenceIds: ids })
  })

  it('is refused with all that is wrong about its files, at once with the rest', async () => {
    const { ray, rita } = world.people
    const used = await uploaded(ray)
    await ask({ evidenceIds: [used] })
    const [mine, hers] = [await uploaded(ray), await uploaded(rita)]
    const { status, body } = await ask({ name: '', evidenceIds: [mine, uuidv7(), hers, used, mine] })
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'INVALID' })
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/name',
      '/evidenceIds/1',
      '/evidenceIds/2',
      '/evidenceIds/3',
      '/evidenceIds/4',
    ])
    const alone = await ask({ evidenceIds: [hers] })
    expect(alone).toMatchObject({ status: 422, body: { code: 'EVIDENCE_UNKNOWN' } })
    // What was refused has taken nothing.
    expect(await ask({ evidenceIds: [mine] })).toMatchObject({ status: 201 })
  })

  it('and another at the same time: one has the file, in each of 40 rounds', async () => {
    const { ray } = world.people
    for (let round = 0; round < 40; round++) {
      const id = await uploaded(ray)
      const answers = await Promise.all([ask({ evidenceIds: [id] }), ask({ evidenceIds: [id] })])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422])
    }
  })
})

describe('a file of an exception', () => {
  it('is given out as a download that no browser runs or keeps for others', async () => {
    const { ray, ann } = world.people
    const id = await uploaded(ray, '<script>alert(1)</script>', 'Größe.html')
    const exception = (await ask({ evidenceIds: [id] })).body.id
    const path = `/exceptions/${exception}/evidence/${id}`
    const response = await ann.fetch(path)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('<script>alert(1)</script>')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="Gr??e.html"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.html`,
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'content-length': '25',
    })
    const again = await ann.fetch(path, { headers: { 'if-none-match': response.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  it('of 25 MB comes back as it was', async () => {
    const { ray } = world.people
    const content = randomBytes(MOST)
    const { body } = await upload(ray, content)
    const exception = (await ask({ evidenceIds: [body.id] })).body.id
    const back = Buffer.from(await (await ray.fetch(`/exceptions/${exception}/evidence/${body.id}`)).arrayBuffer())
    expect(back.equals(content)).toBe(true)
  })

  it('is for those who can read the exception, and under that exception alone', async () => {
    const { ray, rita, ann, cem, max, zoe } = world.people
    const id = await uploaded(ray)
    const exception = (await ask({ evidenceIds: [id] })).body.id
    const other = await world.pending()
    const path = `/exceptions/${exception}/evidence/${id}`
    for (const person of [ray, ann, cem, max]) expect((await person.fetch(path)).status, person.name).toBe(200)
    for (const person of [rita, zoe]) {
      expect(await answerOf(await person.fetch(path))).toMatchObject({ status: 403, body: { code: 'NOT_ALLOWED' } })
      expect((await person.get(`/exceptions/${exception}/evidence`)).status).toBe(403)
    }
    expect((await ray.fetch(`/exceptions/${other}/evidence/${id}`)).status).toBe(404)
    const unused = await uploaded(ray)
    expect((await ray.fetch(`/exceptions/${exception}/evidence/${unused}`)).status).toBe(404)
  })

  it('that is cut short in the store is an answer that is seen to be broken', async () => {
    const { ray } = world.people
    const { body } = await upload(ray, Buffer.alloc(4 * MIB, 1))
    const exception = (await ask({ evidenceIds: [body.id] })).body.id
    const { db } = world.service.database.open()
    await sql`SELECT lo_truncate(lo_open(large_object, 131072 + 262144), 1000000) FROM evidence_object WHERE id = ${body.id}`.execute(
      db,
    )
    await expect(
      ray.fetch(`/exceptions/${exception}/evidence/${body.id}`).then((response) => response.arrayBuffer()),
    ).rejects.toThrow()
  })
})

describe('later files', () => {
  it('are added by the requester while it is pending or active, each a line of the history and an event', async () => {
    const { ray } = world.people
    const id = await world.pending()
    const path = `/exceptions/${id}/evidence`
    const pending = await send(ray, path, form('later', 'later.txt'))
    expect(pending).toMatchObject({ status: 201, body: { name: 'later.txt', addedAt: NOW.toISOString() } })
    await world.approve(id)
    const active = await send(ray, path, form('still', 'still.txt'))
    expect(active.status).toBe(201)
    const { items } = (await ray.get(path)).body
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['later.txt', 'still.txt'])
    const history = (await ray.get(`/exceptions/${id}/history`)).body.items
    expect(history.map(({ type, evidenceIds }: Record<string, unknown>) => [type, evidenceIds])).toEqual([
      ['submitted', undefined],
      ['evidenceAdded', [pending.body.id]],
      ['stepApproved', undefined],
      ['activated', undefined],
      ['evidenceAdded', [active.body.id]],
    ])
    const events = await world.told(id, 5)
    expect(events.at(-1)?.body.value).toMatchObject({
      exception: { evidenceIds: [pending.body.id, active.body.id] },
    })
  })

  it('are refused from anybody else, and once it is over', async () => {
    const { ray, rita, ann, max } = world.people
    const id = await world.pending()
    for (const person of [rita, ann, max]) {
      expect(await send(person, `/exceptions/${id}/evidence`, form('x')), person.name).toMatchObject({
        status: 403,
        body: { code: 'NOT_ALLOWED' },
      })
    }
    await world.approval(id, { transition: ApprovalTransition.DENIED, by: ann, step: 0, reason: 'no' })
    await world.until(id, ({ status }) => status === 'denied')
    const before = await count('evidence_blob')
    expect(await send(ray, `/exceptions/${id}/evidence`, form('x'))).toMatchObject({
      status: 409,
      body: { code: 'WRONG_STATUS' },
    })
    expect(await count('evidence_blob')).toBe(before)
    expect(await send(ray, `/exceptions/${uuidv7()}/evidence`, form('x'))).toMatchObject({ status: 404 })
  })

  it('are 20 at most', async () => {
    const { ray } = world.people
    const ids = []
    for (let n = 0; n < 20; n++) ids.push(await uploaded(ray))
    const id = await world.pending({ evidenceIds: ids })
    expect(await send(ray, `/exceptions/${id}/evidence`, form('x'))).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    })
    expect(await ask({ evidenceIds: [...ids, uuidv7()] })).toMatchObject({ status: 422, body: { code: 'INVALID' } })
  })
})

describe('a decision', () => {
  it('names the files that whoever decided could see, in the step and in the history', async () => {
    const { ray, ann } = world.people
    const seen = await uploaded(ray)
    const id = await world.pending({ evidenceIds: [seen] })
    await world.approval(id, {
      transition: ApprovalTransition.STEP_APPROVED,
      by: ann,
      step: 0,
      evidenceIds: [seen],
    })
    const exception = await world.until(id, ({ approval }) => approval.currentStep === 1)
    expect(exception.approval.steps.map(({ evidenceIds }: Record<string, unknown>) => evidenceIds)).toEqual([
      [seen],
      [],
    ])
    const history = (await ray.get(`/exceptions/${id}/history`)).body.items
    expect(history.at(-1)).toMatchObject({ type: 'stepApproved', evidenceIds: [seen] })
  })
})

/** What was told of an upload, oldest first. */
const fates = (id: string) =>
  world.service
    .published('exceptions.v1')
    .flatMap(({ body }) => (body.case === 'upload' && body.value.file?.id === id ? [body.value] : []))
    .map(({ removed, exceptionId }) => (removed ? 'removed' : exceptionId || 'free'))

describe('the sweep', () => {
  it('lets go of what no request used within a day, and of what uploads left behind; of nothing else', async () => {
    const { ray } = world.people
    const database = world.service.database.open<ExceptionsTables>()
    const store = new LargeObjectStore(database)
    const evidence = new EvidenceRepository(database, new Outbox())
    const sweep = () => new SweepEvidence(new ConfiguredStores(store, null), evidence, clock).sweep()
    const used = await uploaded(ray)
    const exception = (await ask({ evidenceIds: [used] })).body.id
    const old = await uploaded(ray)
    const orphan = uuidv7()
    await evidence.begin(orphan, 'postgres', clock.now())
    await store.write(
      orphan,
      (async function* () {
        yield Buffer.from('half of it')
      })(),
    )
    expect(await sweep()).toBe(0)
    clock.advance(24 * 3_600_000 + 1)
    const fresh = await uploaded(ray)
    expect(await sweep()).toBeGreaterThanOrEqual(2)
    expect((await evidence.findAll([used, old, fresh])).map(({ id }) => id)).toEqual([used, fresh])
    expect(await count('evidence_object')).toBe(await count('evidence'))
    expect(await count('evidence_blob')).toBe(await count('evidence'))
    expect(await ask({ evidenceIds: [old] })).toMatchObject({ status: 422, body: { code: 'EVIDENCE_UNKNOWN' } })
    expect((await ray.fetch(`/exceptions/${exception}/evidence/${used}`)).status).toBe(200)
    expect(await ask({ evidenceIds: [fresh] })).toMatchObject({ status: 201 })
    // Whoever lets people ask elsewhere knows which files there are to be named.
    await expect.poll(() => fates(used)).toEqual(['free', exception])
    await expect.poll(() => fates(old)).toEqual(['free', 'removed'])
  })

  it('is not needed for somebody to be stopped who only ever uploads', async () => {
    const tess = await world.service.person('Tess', { role: 'developer' })
    for (let n = 0; n < 100; n++) await uploaded(tess, 'x')
    expect(await upload(tess)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } })
  })
})
