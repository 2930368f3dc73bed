import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Shelf, startShelf } from './support/shelf.js'

let shelf: Shelf
beforeAll(async () => {
  shelf = await startShelf()
})
afterAll(async () => {
  await shelf.close()
})
beforeEach(() => {
  shelf.logged.length = 0
})

const right = { title: 'Moby Dick', shelf: 'north', price: 12.5 }

async function problem(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const details = (await response.json()) as {
    status: number
    code: string
    detail: string
    type: string
    title: string
    traceId: string
    errors?: { pointer: string; detail: string; parameter?: string }[]
  }
  expect(details.status).toBe(response.status)
  expect(details.traceId).toMatch(/^[\da-f]{32}$/)
  expect(details.type).toBe(`urn:reprieve:problem:${details.code.toLowerCase().replaceAll('_', '-')}`)
  return details
}

describe('a handler', () => {
  it('gets what its route declares, and answers with status, body and headers', async () => {
    const response = await shelf.call('POST', '/books', { body: right })
    expect(response.status).toBe(201)
    const book = (await response.json()) as { id: string }
    expect(book).toMatchObject({ ...right, version: 1 })
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.headers.get('location')).toBe(`/books/${book.id}`)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})
