import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BoundedCount } from '../src/index.js'
import { problemOf } from './support/problem.js'
import { type Shelf, startShelf } from './support/shelf.js'

interface Book {
  id: string
  title: string
  shelf: string
  price: number | null
  readAt: string | null
}
interface Page {
  items: Book[]
  nextCursor: string | null
  count: BoundedCount
}

let shelf: Shelf
let all: Book[]
beforeAll(async () => {
  shelf = await startShelf()
  // Many equal values, missing ones, and times that differ by microseconds alone.
  await sql`
    INSERT INTO book (title, shelf, price, read_at)
    SELECT 'Title ' || (n % 7), CASE WHEN n % 3 = 0 THEN 'south' ELSE 'north' END,
           CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN 0.1 WHEN 2 THEN 1e21 WHEN 3 THEN -4.5 ELSE (n % 11)::float8 / 3 END,
           CASE WHEN n % 4 = 0 THEN NULL ELSE TIMESTAMPTZ '2026-01-01' + (n % 13) * INTERVAL '1 microsecond' END
    FROM generate_series(1, 250) AS n`.execute(shelf.database.db)
  const { rows } = await sql<Book & { read: string | null }>`
    SELECT id, title, shelf, price, to_char(read_at, 'YYYY-MM-DD HH24:MI:SS.US') AS read, read_at AS "readAt" FROM book`.execute(
    shelf.database.db,
  )
  all = rows.map(({ read, ...row }) => ({ ...row, readAt: read }))
})
afterAll(async () => {
  await shelf.close()
})

const page = async (query: string): Promise<Page> => {
  const response = await shelf.call('GET', `/books?${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Page
}

/** Every page, one after the other. */
async function walk(query: string, limit: number): Promise<Book[]> {
  const items: Book[] = []
  let cursor: string | null = null
  do {
    const next: Page = await page(`${query}&limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`)
    expect(next.items.length).toBeLessThanOrEqual(limit)
    items.push(...next.items)
    cursor = next.nextCursor
  } while (cursor !== null)
  return items
}

/** The order as people are told it, in plain JavaScript: the missing last, the id as tiebreak in the direction of the first term. */
function ordered(sort: string, rows: readonly Book[]): Book[] {
  const terms = sort
    .split(',')
    .map((term) => ({ field: term.replace('-', '') as keyof Book, sign: term.startsWith('-') ? -1 : 1 }))
  const compare = (a: string | number | null, b: string | number | null, sign: number): number => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
    return (a < b ? -1 : a > b ? 1 : 0) * sign
  }
  return [...rows].sort((a, b) => {
    for (const { field, sign } of terms) {
      const order = compare(a[field], b[field], sign)
      if (order !== 0) return order
    }
    return compare(a.id, b.id, terms[0]?.sign ?? 1)
  })
}

const ids = (books: readonly Book[]): string[] => books.map(({ id }) => id)

describe('a list', () => {
  it.each([
    'title',
    '-title',
    'price',
    '-price',
    'readAt',
    '-readAt',
    'shelf,title',
    '-shelf,-title',
    'shelf,-title,price',
    '-price,readAt,-shelf',
    'readAt,-price',
    '-readAt,-price,-title,-shelf',
  ])('sorted by %s is walked whole, in order, without a gap or a repetition', async (sort) => {
    for (const limit of [1, 7, 200]) {
      if (limit === 1 && sort.length > 8) continue
      expect(ids(await walk(`sort=${sort}`, limit))).toEqual(ids(ordered(sort, all)))
    }
  })

  it('has its default order and size', async () => {
    const first = await page('')
    expect(ids(first.items)).toEqual(ids(ordered('title', all)).slice(0, 50))
  })

  it('takes a filter once or several times', async () => {
    expect((await walk('shelf=south', 100)).every((book) => book.shelf === 'south')).toBe(true)
    expect((await page('shelf=south')).count).toEqual({ value: 83, exact: true })
    expect((await page('shelf=south&shelf=north')).count).toEqual({ value: 250, exact: true })
  })

  it('has no further page after the last, even if it is full', async () => {
    const { nextCursor } = await page('limit=200')
    expect((await page(`limit=50&cursor=${nextCursor}`)).nextCursor).toBeNull()
  })

  it('neither skips nor repeats what was there while others come and go', async () => {
    const first = await page('sort=price&limit=100')
    const kept = new Set(ids(all))
    const added = await shelf.call('POST', '/books', { body: { title: 'New', shelf: 'north', price: 0 } })
    const { id: addedId } = (await added.json()) as Book
    const gone = first.items[10]?.id ?? ''
    await shelf.database.db.deleteFrom('book').where('id', '=', gone).execute()
    const rest: Book[] = []
    for (let cursor = first.nextCursor; cursor !== null; ) {
      const next = await page(`sort=price&limit=100&cursor=${cursor}`)
      rest.push(...next.items)
      cursor = next.nextCursor
    }
    const seen = [...ids(first.items), ...ids(rest)].filter((id) => id !== addedId)
    expect(new Set(seen).size).toBe(seen.length)
    expect(new Set(seen)).toEqual(kept)
    await shelf.database.db.deleteFrom('book').where('id', '=', addedId).execute()
    all = all.filter(({ id }) => id !== gone)
  })

  it('counts exactly up to 10 000 and stops there', async () => {
    const room = 10_000 - all.length
    await sql`INSERT INTO book (title, shelf) SELECT 'Filler', 'north' FROM generate_series(1, ${room})`.execute(
      shelf.database.db,
    )
    expect((await page('limit=1')).count).toEqual({ value: 10_000, exact: true })
    await sql`INSERT INTO book (title, shelf) VALUES ('One more', 'north')`.execute(shelf.database.db)
    expect((await page('limit=1')).count).toEqual({ value: 10_000, exact: false })
    await sql`DELETE FROM book WHERE title IN ('Filler', 'One more')`.execute(shelf.database.db)
  })
})

describe('a cursor', () => {
  const forged = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url')
  const ID = '019b0000-0000-7000-8000-000000000000'

  it('of another order is refused', async () => {
    const { nextCursor } = await page('sort=title&limit=1')
    const response = await shelf.call('GET', `/books?sort=-title&cursor=${nextCursor}`)
    expect((await problemOf(response)).code).toBe('MALFORMED')
  })

  it.each([
    ['title', ['title', 'x']],
    ['title', ['title', 'x', 'no id']],
    ['title', ['title', 'x', null]],
    ['title', ['title', 7, ID]],
    ['title', ['title', 'a\0b', ID]],
    ['title', ['title', '\ud800', ID]],
    ['title', ['title', { x: 1 }, ID]],
    ['price', ['price', "1'; DROP TABLE book", ID]],
    ['price', ['price', '1e999', ID]],
    ['readAt', ['readAt', '9999999999999999999', ID]],
    ['readAt', ['readAt', '2026-01-01', ID]],
    ['title', { title: 'x' }],
    ['title', null],
  ])('that was forged is refused (%s %j)', async (sort, content) => {
    const response = await shelf.call('GET', `/books?sort=${sort}&cursor=${forged(content)}`)
    expect((await problemOf(response)).code).toBe('MALFORMED')
  })

  it.each([
    ['price', ['price', 'Infinity', ID]],
    ['price', ['price', 'NaN', ID]],
    ['price', ['price', '-4.5', ID]],
    ['readAt', ['readAt', '253402300799999999', ID]],
    ['readAt', ['readAt', '-62135596800000000', ID]],
    ['title', ['title', '', ID]],
  ])('that was forged well finds a place in the list, and no fault (%s %j)', async (sort, content) => {
    await page(`sort=${sort}&cursor=${forged(content)}`)
  })
})
