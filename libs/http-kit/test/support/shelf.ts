import { createHash, randomUUID } from 'node:crypto'
import { Controller, Inject, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { type Permission, type Principal, tokenFault } from '@reprieve/auth'
import { ManualClock } from '@reprieve/clock'
import { Database, type MigrationSet } from '@reprieve/database'
import { createDatabase } from '@reprieve/testing'
import type { Generated } from 'kysely'
import { z } from 'zod'
import {
  createHttpAdapter,
  defineRoute,
  etagOf,
  type HttpLog,
  type IdempotencyTables,
  id,
  idempotencyMigrations,
  instant,
  link,
  listOf,
  listQuery,
  nameText,
  Problem,
  prepareHttp,
  Route,
  type RouteInput,
  readPage,
  requireMatch,
  WriteTransactions,
} from '../../src/index.js'

// A small service with every kind of route, on real PostgreSQL: what the suites drive.

export const DATABASE = Symbol('DATABASE')
export const WRITES = Symbol('WRITES')

export const shelfMigrations: MigrationSet = { name: 'shelf', folder: new URL('./migrations/', import.meta.url) }

export interface ShelfTables extends IdempotencyTables {
  book: {
    id: Generated<string>
    title: string
    shelf: string
    price: number | null
    read_at: Date | null
    version: Generated<number>
  }
}

const book = z.object({
  id: id(),
  title: z.string(),
  shelf: z.string(),
  price: z.number().nullable(),
  readAt: instant().nullable(),
  version: z.int(),
})

const newBook = z.object({
  title: nameText(),
  shelf: z.enum(['north', 'south']),
  price: z.number().min(0).max(1_000).optional(),
  cover: link().optional(),
  chapters: z
    .array(z.object({ title: nameText(), pages: z.int().min(1) }))
    .max(100)
    .optional(),
})

export const createBook = defineRoute({
  method: 'POST',
  path: '/books',
  operation: 'createBook',
  summary: 'Puts a book on a shelf',
  tag: 'Books',
  access: 'rules.manage',
  body: newBook,
  answers: { 201: book },
  problems: ['NAME_TAKEN'],
})

export const listBooks = defineRoute({
  method: 'GET',
  path: '/books',
  operation: 'listBooks',
  summary: 'The books',
  tag: 'Books',
  access: 'signed-in',
  query: listQuery({
    sorts: ['title', 'price', 'readAt', 'shelf'],
    defaultSort: 'title',
    filters: { shelf: z.array(z.enum(['north', 'south'])).optional(), text: z.string().max(200).optional() },
  }),
  answers: { 200: listOf(book) },
})

const bookById = z.object({ id: id() })

export const readBook = defineRoute({
  method: 'GET',
  path: '/books/{id}',
  operation: 'readBook',
  summary: 'One book',
  tag: 'Books',
  access: ['rules.manage', 'audit.read'],
  params: bookById,
  answers: { 200: book },
})

export const replaceBook = defineRoute({
  method: 'PUT',
  path: '/books/{id}',
  operation: 'replaceBook',
  summary: 'Changes a book',
  tag: 'Books',
  access: 'rules.manage',
  params: bookById,
  body: newBook,
  answers: { 200: book },
  ifMatch: true,
})

export const borrowBook = defineRoute({
  method: 'POST',
  path: '/books/{id}/borrow',
  operation: 'borrowBook',
  summary: 'Takes a book away',
  tag: 'Books',
  access: 'signed-in',
  params: bookById,
  body: z.object({ reason: z.string().max(20).optional() }),
  answers: { 200: z.object({ reason: z.string().nullable() }) },
  problems: ['WRONG_STATUS'],
})

export const uploadBook = defineRoute({
  method: 'POST',
  path: '/uploads',
  operation: 'uploadBook',
  summary: 'Reads a stream',
  tag: 'Books',
  access: 'signed-in',
  body: { raw: true, accepts: ['application/json', 'application/x-ndjson'], maxBytes: 100_000 },
  answers: { 202: z.object({ bytes: z.int() }) },
})

export const sayHello = defineRoute({
  method: 'GET',
  path: '/hello',
  operation: 'sayHello',
  summary: 'Greets anyone',
  tag: 'Other',
  access: 'public',
  answers: { 200: z.object({ hello: z.string() }) },
})

export const removeHello = defineRoute({
  method: 'DELETE',
  path: '/hello',
  operation: 'removeHello',
  summary: 'Answers nothing',
  tag: 'Other',
  access: 'signed-in',
  answers: { 204: null },
})

export const removeBook = defineRoute({
  method: 'DELETE',
  path: '/books/{id}',
  operation: 'removeBook',
  summary: 'Says why not',
  tag: 'Books',
  access: 'rules.manage',
  params: bookById,
  answers: { 204: null },
  problems: ['RULE_CANNOT_BE_DELETED'],
})

export const breakDown = defineRoute({
  method: 'GET',
  path: '/broken/{how}',
  operation: 'breakDown',
  summary: 'Fails',
  tag: 'Other',
  access: 'public',
  params: z.object({ how: z.enum(['sql', 'plain', 'lie']) }),
  answers: { 200: z.object({ truth: z.boolean() }) },
})

const columns = ['id', 'title', 'shelf', 'price', 'read_at', 'version'] as const

type Row = { id: string; title: string; shelf: string; price: number | null; read_at: Date | null; version: number }

const toBook = ({ read_at, ...row }: Row) => ({ ...row, readAt: read_at?.toISOString() ?? null })

@Controller()
export class ShelfController {
  constructor(
    @Inject(DATABASE) private readonly database: Database<ShelfTables>,
    @Inject(WRITES) private readonly writes: WriteTransactions<ShelfTables>,
  ) {}

  @Route(createBook)
  async create(input: RouteInput<typeof createBook>) {
    return this.writes.run(input, async (tx) => {
      const { title, shelf, price } = input.body
      const row = await tx
        .insertInto('book')
        .values({ title, shelf, price: price ?? null, read_at: null })
        .returning(columns)
        .executeTakeFirstOrThrow()
      return {
        status: 201,
        body: toBook(row),
        headers: { etag: etagOf(row.version), location: `/books/${row.id}` },
      }
    })
  }

  @Route(listBooks)
  async list({ query }: RouteInput<typeof listBooks>) {
    let books = this.database.db.selectFrom('book').select(columns)
    if (query.shelf !== undefined) books = books.where('shelf', 'in', query.shelf)
    const page = await readPage(this.database.db, books, query, {
      columns: {
        title: { by: 'book.title', type: 'text' },
        price: { by: 'book.price', type: 'float8', nullable: true },
        readAt: { by: 'book.read_at', type: 'timestamptz', nullable: true },
        shelf: { by: 'book.shelf', type: 'text' },
      },
      id: 'book.id',
    })
    return { ...page, items: page.items.map(toBook) }
  }

  @Route(readBook)
  async read({ params }: RouteInput<typeof readBook>) {
    const row = await this.find(params.id)
    return { status: 200, body: toBook(row), headers: { etag: etagOf(row.version) } }
  }

  @Route(replaceBook)
  async replace(input: RouteInput<typeof replaceBook>) {
    return this.writes.run(input, async (tx) => {
      const row = await tx
        .selectFrom('book')
        .select(columns)
        .where('id', '=', input.params.id)
        .forUpdate()
        .executeTakeFirst()
      if (row === undefined) throw new Problem('NOT_FOUND', 'There is no such book.')
      requireMatch(input.ifMatch, etagOf(row.version))
      const changed = await tx
        .updateTable('book')
        .set({ title: input.body.title, version: row.version + 1 })
        .where('id', '=', row.id)
        .returning(columns)
        .executeTakeFirstOrThrow()
      return { status: 200, body: toBook(changed), headers: { etag: etagOf(changed.version) } }
    })
  }

  @Route(borrowBook)
  async borrow(input: RouteInput<typeof borrowBook>) {
    // Looked at before the transaction, as a handler does that waits for something.
    const row = await this.find(input.params.id)
    if (row.shelf === 'lent') throw new Problem('WRONG_STATUS', 'The book is away.')
    return this.writes.run(input, async (tx) => {
      await tx.updateTable('book').set({ shelf: 'lent' }).where('id', '=', row.id).execute()
      return { status: 200, body: { reason: input.body.reason ?? null } }
    })
  }

  @Route(uploadBook)
  async upload(input: RouteInput<typeof uploadBook>) {
    let bytes = 0
    const hash = createHash('sha256').update(input.fingerprint)
    for await (const chunk of input.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      hash.update(chunk)
    }
    const whole = { ...input, fingerprint: hash.digest('hex') }
    return this.writes.run(whole, async () => ({ status: 202, body: { bytes } }))
  }

  @Route(sayHello)
  async hello() {
    return { hello: 'you' }
  }

  @Route(removeHello)
  async remove() {}

  @Route(removeBook)
  async removeOne() {
    throw new Problem('RULE_CANNOT_BE_DELETED', 'Books stay.')
  }

  @Route(breakDown)
  async fail({ params }: RouteInput<typeof breakDown>) {
    if (params.how === 'sql') {
      await this.database.db
        .insertInto('book')
        .values({ title: 'x'.repeat(300), shelf: 'north', price: null, read_at: null })
        .execute()
    }
    if (params.how === 'lie') return { truth: 'no' }
    throw new Error('the password is hunter2')
  }

  private async find(bookId: string): Promise<Row> {
    const row = await this.database.db.selectFrom('book').select(columns).where('id', '=', bookId).executeTakeFirst()
    if (row === undefined) throw new Problem('NOT_FOUND', 'There is no such book.')
    return row
  }
}

const principal = (name: string, permissions: Permission[]): Principal => ({
  id: randomUUID(),
  name,
  email: `${name}@reprieve.example`,
  role: name,
  kind: 'person',
  permissions: new Set(permissions),
  narrowed: false,
  tokenId: randomUUID(),
})

/** By token: who the tests are. */
export const PEOPLE: Readonly<Record<string, Principal>> = {
  manager: principal('manager', ['rules.manage']),
  auditor: principal('auditor', ['audit.read']),
  nobody: principal('nobody', []),
}

export interface Logged {
  level: 'info' | 'warn' | 'error'
  fields: Record<string, unknown>
  message: string
}

export interface Shelf {
  url: string
  app: NestFastifyApplication
  database: Database<ShelfTables>
  writes: WriteTransactions<ShelfTables>
  clock: ManualClock
  logged: Logged[]
  /** As `fetch`, as one of PEOPLE unless the path is called by nobody. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>
  close(): Promise<void>
}

export interface CallOptions {
  as?: string | null
  body?: unknown
  raw?: string | Uint8Array<ArrayBuffer> | ReadableStream
  headers?: Record<string, string>
}

export interface ShelfOptions {
  checkAnswers?: boolean
  /** Puts something between the service and its database. */
  reach?: (databaseUrl: string) => Promise<string>
}

export async function startShelf({ reach, ...options }: ShelfOptions = {}): Promise<Shelf> {
  const store = await createDatabase(idempotencyMigrations, shelfMigrations)
  const url = (await reach?.(store.url)) ?? store.url
  const database = new Database<ShelfTables>({ url, applicationName: 'shelf' })
  const clock = new ManualClock()
  const writes = new WriteTransactions(database, clock)
  const logged: Logged[] = []
  const logger =
    (level: Logged['level']) =>
    (fields: object, message: string): void => {
      logged.push({ level, fields: fields as Record<string, unknown>, message })
    }
  const log: HttpLog = { info: logger('info'), warn: logger('warn'), error: logger('error') }

  @Module({
    controllers: [ShelfController],
    providers: [
      { provide: DATABASE, useValue: database },
      { provide: WRITES, useValue: writes },
    ],
  })
  class ShelfModule {}

  const app = await NestFactory.create<NestFastifyApplication>(ShelfModule, createHttpAdapter({ log }), {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  })
  prepareHttp(app, {
    principals: {
      principalOf: async (token) => {
        if (token === 'away') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
        return PEOPLE[token] ?? tokenFault('TOKEN_MALFORMED')
      },
    },
    log,
    stored: writes,
    ...options,
  })
  await app.listen(0, '127.0.0.1')
  const address = await app.getUrl()
  return {
    url: address,
    app,
    database,
    writes,
    clock,
    logged,
    call: (method, path, { as = 'manager', body, raw, headers = {} } = {}) =>
      fetch(`${address}${path}`, {
        method,
        headers: {
          ...(as === null ? {} : { authorization: `Bearer ${as}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(raw === undefined ? {} : { body: raw }),
      }),
    close: async () => {
      await app.close()
      await database.close()
      await store.drop()
    },
  }
}
