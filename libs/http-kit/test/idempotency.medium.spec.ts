import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Cable } from './support/cable.js'
import { problemOf } from './support/problem.js'
import { PEOPLE, type Shelf, startShelf } from './support/shelf.js'

const HOUR_MS = 3_600_000
const right = { title: 'Moby Dick', shelf: 'north' }

let shelf: Shelf
let key: string
beforeEach(async () => {
  shelf = await startShelf()
  key = randomUUID()
})
afterEach(async () => {
  await shelf.close()
})

const create = (body: unknown = right, headers: Record<string, string> = { 'idempotency-key': key }, as = 'manager') =>
  shelf.call('POST', '/books', { body, headers, as })

const count = async (table: 'book' | 'idempotency_key'): Promise<number> =>
  Number(
    (
      await shelf.database.db
        .selectFrom(table)
        .select((query) => query.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )

describe('an Idempotency-Key', () => {
  it('gives a repeated request the first answer, with its headers, and does nothing again', async () => {
    const first = await create()
    const again = await create()
    expect(again.status).toBe(201)
    expect(await again.json()).toEqual(await first.json())
    for (const name of ['etag', 'location']) expect(again.headers.get(name)).toBe(first.headers.get(name))
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ])
    expect(await count('book')).toBe(1)
  })

  it('has one effect among twenty equal requests at once, and all get the one answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create()))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    const ids = new Set(await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id)))
    expect(ids.size).toBe(1)
    expect(await count('book')).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null).length).toBe(1)
  })

  it('is the same request whatever the order of its members', async () => {
    await create({ title: 'x', shelf: 'north', chapters: [{ title: 'a', pages: 1 }] })
    const again = await create({ chapters: [{ pages: 1, title: 'a' }], shelf: 'north', title: 'x' })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
  })

  it('of another request is refused, also while the first is in flight', async () => {
    await create()
    expect((await problemOf(await create({ ...right, title: 'Other' }))).code).toBe('IDEMPOTENCY_KEY_REUSED')
    const other = randomUUID()
    const answers = await Promise.all(
      ['a', 'b', 'a', 'b'].map((title) => create({ ...right, title }, { 'idempotency-key': other })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422, 422])
    expect(await count('book')).toBe(2)
  })

  it('belongs to whoever sent it', async () => {
    await create()
    const stranger = { ...PEOPLE['manager'], id: randomUUID(), tokenId: randomUUID() }
    Object.assign(PEOPLE, { stranger })
    expect((await create({ ...right, title: 'Other' }, { 'idempotency-key': key }, 'stranger')).status).toBe(201)
    expect(await count('book')).toBe(2)
  })

  it('stays free when the write failed', async () => {
    const { id } = (await (await shelf.call('POST', '/books', { body: right })).json()) as { id: string }
    const headers = { 'idempotency-key': key, 'if-match': '"7"' }
    expect((await shelf.call('PUT', `/books/${id}`, { body: right, headers })).status).toBe(412)
    expect(await count('idempotency_key')).toBe(0)
    const right2 = { ...headers, 'if-match': '"1"' }
    expect((await shelf.call('PUT', `/books/${id}`, { body: right, headers: right2 })).status).toBe(200)
  })

  it('answers a retry even if the state has moved on so far that the handler would refuse', async () => {
    const { id } = (await (await shelf.call('POST', '/books', { body: right })).json()) as { id: string }
    const borrow = (headers: Record<string, string>) =>
      shelf.call('POST', `/books/${id}/borrow`, { body: { reason: 'to read' }, headers })
    expect((await borrow({ 'idempotency-key': key })).status).toBe(200)
    expect((await borrow({})).status).toBe(409)
    const again = await borrow({ 'idempotency-key': key })
    expect([again.status, await again.json()]).toEqual([200, { reason: 'to read' }])
  })

  it('answers a retry so also if the first attempt ends just before the handler looks', async () => {
    const { id } = (await (await shelf.call('POST', '/books', { body: right })).json()) as { id: string }
    const borrow = () => shelf.call('POST', `/books/${id}/borrow`, { headers: { 'idempotency-key': key } })
    const find = shelf.writes.find.bind(shelf.writes)
    let goOn: () => void = () => {}
    const looked = new Promise<void>((resolve) => {
      // The retry has found nothing and stands still.
      shelf.writes.find = async (input) => {
        const nothing = await find(input)
        shelf.writes.find = find
        resolve()
        await new Promise<void>((release) => {
          goOn = release
        })
        return nothing
      }
    })
    const retry = borrow()
    await looked
    expect((await borrow()).status).toBe(200)
    goOn()
    const answer = await retry
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
  })

  it('of a streamed body counts by what the handler has read of it', async () => {
    const upload = (raw: string) =>
      shelf.call('POST', '/uploads', { raw, headers: { 'content-type': 'application/json', 'idempotency-key': key } })
    expect((await upload('[1]')).headers.get('idempotency-replayed')).toBeNull()
    const again = await upload('[1]')
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true'])
    expect((await problemOf(await upload('[2]'))).code).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  it('does not make a malformed or forbidden request pass', async () => {
    await create()
    expect((await create({ shelf: 'west' })).status).toBe(422)
    expect((await create(right, { 'idempotency-key': key }, 'auditor')).status).toBe(403)
  })

  it('is forgotten after 24 h, whether or not it was pruned', async () => {
    await create()
    shelf.clock.advance(24 * HOUR_MS - 1)
    expect((await create()).headers.get('idempotency-replayed')).toBe('true')
    shelf.clock.advance(1)
    const answers = await Promise.all(Array.from({ length: 5 }, () => create({ ...right, title: 'Later' })))
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(201))
    expect(await count('book')).toBe(2)
    expect(await count('idempotency_key')).toBe(1)
  })

  it('is pruned after 24 h, a bounded number at a time', async () => {
    await create()
    await shelf.database.pool.query(
      `INSERT INTO idempotency_key (principal_id, key, fingerprint, status, created_at)
       SELECT gen_random_uuid(), n::text, '', 200, $1 FROM generate_series(1, 1500) AS n`,
      [new Date(shelf.clock.now().getTime() - 25 * HOUR_MS)],
    )
    expect(await shelf.writes.prune()).toBe(1_000)
    expect(await shelf.writes.prune()).toBe(500)
    expect(await shelf.writes.prune()).toBe(0)
    expect(await count('idempotency_key')).toBe(1)
  })

  it('keeps of an answer with a secret what may be kept', async () => {
    const input = { principal: PEOPLE['manager'] ?? null, idempotencyKey: key, fingerprint: 'x' }
    const secret = { status: 201, body: { id: 1, token: 'secret' } }
    const options = { kept: () => ({ status: 201, body: { id: 1 } }) }
    expect(await shelf.writes.run(input, async () => secret, options)).toEqual(secret)
    const again = await shelf.writes.run(input, async () => secret, options)
    expect(again).toMatchObject({ status: 201, body: { id: 1 } })
    expect(JSON.stringify(again)).not.toContain('secret')
  })

  it('is not asked for on a public route or by nobody', async () => {
    const input = { principal: null, idempotencyKey: key, fingerprint: 'x' }
    expect(await shelf.writes.run(input, async () => ({ status: 200 }))).toEqual({ status: 200 })
    expect(await count('idempotency_key')).toBe(0)
  })
})

describe('a write', () => {
  it('leaves nothing behind when it fails halfway', async () => {
    const input = { principal: PEOPLE['manager'] ?? null, idempotencyKey: key, fingerprint: 'x' }
    const failing = shelf.writes.run(input, async (tx) => {
      await tx.insertInto('book').values({ title: 'half', shelf: 'north', price: null, read_at: null }).execute()
      throw new Error('halfway')
    })
    await expect(failing).rejects.toThrow('halfway')
    expect([await count('book'), await count('idempotency_key')]).toEqual([0, 0])
  })

  it('is answered with 503 and Retry-After while the database is away, and works again afterwards', async () => {
    const cables: Cable[] = []
    const behind = await startShelf({
      reach: async (url) => {
        const cable = await Cable.plug(url)
        cables.push(cable)
        return cable.url
      },
    })
    const write = () => behind.call('POST', '/books', { body: right, headers: { 'idempotency-key': key } })
    try {
      expect((await write()).status).toBe(201)
      for (const cable of cables) await cable.cut()
      for (const response of [await write(), await behind.call('GET', '/books')]) {
        expect(response.headers.get('retry-after')).toBe('1')
        const problem = await problemOf(response)
        expect(problem.code).toBe('TRY_AGAIN')
        expect(JSON.stringify(problem)).not.toMatch(/postgres|sql|ECONN|terminat|127\.0/i)
      }
      expect(behind.logged.map(({ level }) => level)).toEqual(['warn', 'warn'])
      for (const cable of cables) await cable.restore()
      expect((await write()).headers.get('idempotency-replayed')).toBe('true')
    } finally {
      await behind.close()
      for (const cable of cables) await cable.cut()
    }
  })

  it.each([
    ['without a key, that nobody knows', {}, 'OUTCOME_UNKNOWN'],
    ['with one, that it can be repeated', { 'idempotency-key': randomUUID() }, 'TRY_AGAIN'],
  ])('whose commit is not acknowledged is told, %s', async (_, headers, code) => {
    const cables: Cable[] = []
    const behind = await startShelf({
      reach: async (url) => {
        const cable = await Cable.plug(url)
        cables.push(cable)
        return cable.url
      },
    })
    const books = async () => ((await (await behind.call('GET', '/books')).json()) as { items: unknown[] }).items.length
    const write = () => behind.call('POST', '/books', { body: right, headers })
    try {
      expect(await books()).toBe(0)
      for (const cable of cables) cable.cutAfter('commit')
      expect((await problemOf(await write())).code).toBe(code)
      expect(await books()).toBe(1)
      if (code === 'TRY_AGAIN') expect((await write()).headers.get('idempotency-replayed')).toBe('true')
      expect(await books()).toBe(1)
    } finally {
      await behind.close()
      for (const cable of cables) await cable.cut()
    }
  })
})
