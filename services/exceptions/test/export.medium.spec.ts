import 'reflect-metadata'
import { request as httpRequest } from 'node:http'
import { ManualClock } from '@reprieve/clock'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { World } from './world.js'

const NOW = new Date('2026-03-10T09:00:00Z')
const clock = new ManualClock(NOW)
const HOSTILE = '=HYPERLINK("http://evil.example";"x")'

let world: World

beforeAll(async () => {
  world = await World.start(clock)
  await world.service.role('reporter', 'exceptions.read', 'exceptions.export')
  await world.service.tellPerson(world.people.max, { role: 'reporter' })
  await world.pending({ name: HOSTILE, justification: 'Two lines,\nwith "quotes" and a comma' })
  clock.advance(60_000)
  for (const name of ['+1', '-1', '@x', 'Größe', 'plain']) {
    await world.active({ name, expiration: { type: 'date', date: '2026-12-31' } })
    clock.advance(60_000)
  }
})
afterAll(() => world?.close())

const fetched = async (path: string, accept?: string) => {
  const response = await world.people.max.fetch(path, accept === undefined ? {} : { headers: { accept } })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const csv = (query = '') => fetched(`/exceptions${query}`, 'text/csv')

/** RFC 4180, read by its letter. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = []
  for (const [line] of text.matchAll(/(?:(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,|(?=\r\n)))+\r\n/g)) {
    const cells = [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)]
    rows.push(cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ''))
  }
  expect(rows.length === 0 ? text : rowsText(rows).length).toBeTruthy()
  return rows
}
const rowsText = (rows: string[][]) => rows.map((row) => row.join()).join('\n')

describe('an export as CSV', () => {
  it('has every column of the table and a row for each exception, as a file', async () => {
    const { status, headers, text } = await csv('?sort=requestedAt')
    expect({ status, type: headers.get('content-type'), file: headers.get('content-disposition') }).toEqual({
      status: 200,
      type: 'text/csv; charset=utf-8; header=present',
      file: 'attachment; filename="exceptions-2026-03-10.csv"',
    })
    const [title, first, ...others] = rowsOf(text)
    expect(title).toEqual(
      expect.arrayContaining([
        'Name',
        'Query',
        'Number of instances',
        'Status',
        'Expiration date',
        'Applied since',
        'Requested by',
        'Request date',
        'Approvers',
        'Waiting for',
      ]),
    )
    const cell = (row: string[] | undefined, column: string) => row?.[title?.indexOf(column) ?? -1]
    expect(cell(first, 'Status')).toBe('Pending Approval')
    expect(cell(first, 'Approvers')).toBe('Ann; Cem')
    expect(cell(first, 'Waiting for')).toBe('Ann')
    expect(cell(first, 'Justification')).toBe('Two lines,\nwith "quotes" and a comma')
    expect(others.map((row) => cell(row, 'Expiration date'))).toEqual(Array(5).fill('2027-01-01T00:00:00.000Z'))
    expect(others.every((row) => row.length === title?.length)).toBe(true)
  })

  it('holds nothing that a spreadsheet would calculate', async () => {
    const { text } = await csv('?sort=requestedAt')
    const [, ...rows] = rowsOf(text)
    expect(rows.map((row) => row[1])).toEqual([`'${HOSTILE}`, "'+1", "'-1", "'@x", 'Größe', 'plain'])
    for (const row of rows) for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  })

  it('has what the filters select, in the order asked for', async () => {
    const { text } = await csv('?status=active&sort=-name')
    expect(rowsOf(text).map((row) => row[1])).toEqual(['Name', 'plain', 'Größe', "'@x", "'-1", "'+1"])
    expect(rowsOf((await csv('?text=nothing%20of%20that')).text)).toHaveLength(1)
  })

  it.each<[string | undefined, string]>([
    ['text/csv', 'text/csv'],
    ['text/csv, application/json;q=0.5', 'text/csv'],
    ['application/json, text/csv;q=0.5', 'application/json'],
    ['text/csv;q=0', 'application/json'],
    ['*/*', 'application/json'],
    [undefined, 'application/json'],
  ])('is what %s asks for, or is not', async (accept, type) => {
    expect((await fetched('/exceptions', accept)).headers.get('content-type')).toContain(type)
  })

  it('needs the permission to export', async () => {
    await world.service.role('reader', 'exceptions.read')
    const reader = await world.service.person('Rae', { role: 'reader' })
    for (const [path, accept] of [
      ['/exceptions', 'text/csv'],
      ['/exceptions?export=json', '*/*'],
    ] as const) {
      const response = await reader.fetch(path, { headers: { accept } })
      expect({ status: response.status, body: await response.json() }).toMatchObject({
        status: 403,
        body: { code: 'NOT_PERMITTED' },
      })
    }
  })
})

describe('an export as JSON', () => {
  it('is one document with every exception as the API shows it', async () => {
    const { status, text, headers } = await fetched('/exceptions?export=json&sort=requestedAt')
    expect({ status, file: headers.get('content-disposition') }).toEqual({
      status: 200,
      file: 'attachment; filename="exceptions-2026-03-10.json"',
    })
    const all = JSON.parse(text)
    expect(all).toEqual((await world.people.max.get('/exceptions?sort=requestedAt')).body.items)
    expect(JSON.parse((await fetched('/exceptions?export=json&status=denied')).text)).toEqual([])
  })
})

describe('an export of many', () => {
  // Far more than what lies between the two on its way: some 12 MB.
  const COPIES = 1_500

  beforeAll(async () => {
    const { db } = world.service.database.open()
    const [one] = JSON.parse((await fetched('/exceptions?export=json&text=plain')).text)
    await sql`
      INSERT INTO exception SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'query_id', gen_random_uuid(),
        'name', 'Copy ' || n, 'justification', repeat('why ', 2000)))).*
      FROM exception AS e, generate_series(1, ${COPIES}) AS n WHERE e.id = ${one.id}`.execute(db)
  }, 60_000)

  /** Asks, reads the first piece, and no further. */
  const begun = (query = '') =>
    new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      const { hostname, port } = new URL(world.service.url)
      httpRequest({
        hostname,
        port,
        path: `/exceptions${query}`,
        headers: { accept: 'text/csv', authorization: `Bearer ${world.people.max.token}` },
      })
        .once('response', (response) => {
          response.once('readable', () => resolve(response))
          response.once('error', reject)
        })
        .once('error', reject)
        .end()
    })
  const inUse = async () => {
    const { db } = world.service.database.open()
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`.execute(db)
    return rows[0]?.n
  }

  it('has each of them once, in order', async () => {
    const rows = rowsOf((await csv('?sort=name&text=copy')).text).slice(1)
    expect(rows).toHaveLength(COPIES)
    expect(new Set(rows.map(([id]) => id)).size).toBe(COPIES)
  })

  it('costs nothing while its reader waits, and ends with a reader that goes away', async () => {
    const readers = await Promise.all(Array.from({ length: 20 }, () => begun()))
    await expect.poll(inUse, { timeout: 45_000 }).toBe(0)
    expect((await csv('?status=pendingApproval')).status).toBe(200)
    for (const reader of readers) reader.destroy()
    await expect.poll(inUse, { timeout: 20_000 }).toBe(0)
    expect(rowsOf((await csv('?sort=name')).text).length).toBeGreaterThan(COPIES)
  })

  it('has each once even where what it is sorted by changes meanwhile', async () => {
    const reader = await begun('?sort=instanceCount&text=copy')
    const { db } = world.service.database.open()
    await sql`UPDATE exception SET instance_count = (random() * 1000)::int WHERE name LIKE 'Copy %'`.execute(db)
    const parts: Buffer[] = []
    for await (const part of reader) parts.push(part as Buffer)
    const rows = rowsOf(Buffer.concat(parts).toString()).slice(1)
    expect(new Set(rows.map(([id]) => id)).size).toBe(COPIES)
    expect(rows).toHaveLength(COPIES)
  })

  it('that fails in the midst is seen to be broken', async () => {
    const reader = await begun('?sort=name')
    const { db } = world.service.database.open()
    await sql`ALTER TABLE exception_step RENAME TO exception_step_away`.execute(db)
    try {
      const rest = async () => {
        for await (const _ of reader) {
          // To its end.
        }
      }
      await expect(rest()).rejects.toThrow(/aborted|terminated/)
    } finally {
      await sql`ALTER TABLE exception_step_away RENAME TO exception_step`.execute(db)
    }
  })
})
