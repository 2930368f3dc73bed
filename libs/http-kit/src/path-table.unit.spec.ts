import { describe, expect, it } from 'vitest'
import { allowed, PathTable } from './path-table.js'

const table = new PathTable<string>()
table.add('GET', '/exceptions', 'list')
table.add('POST', '/exceptions', 'create')
table.add('GET', '/exceptions/{id}', 'read')
table.add('GET', '/exceptions/:id/history', 'history')
table.add('POST', '/queries/preview', 'preview')
table.add('GET', '/queries/{id}', 'query')
table.add('GET', '/keys/known', 'literal')
table.add('GET', '/keys/{id}', 'parameter')

describe('PathTable', () => {
  it.each([
    ['/exceptions', { GET: 'list', POST: 'create' }],
    ['/exceptions/7', { GET: 'read' }],
    ['/exceptions/7/history', { GET: 'history' }],
    ['/queries/preview', { POST: 'preview', GET: 'query' }],
    ['/keys/known', { GET: 'literal' }],
    ['/keys/other', { GET: 'parameter' }],
    ['/exceptions/', {}],
    ['/exceptions//history', {}],
    ['/Exceptions', {}],
    ['exceptions', {}],
    ['/', {}],
    ['', {}],
  ])('%s takes %o', (path, methods) => {
    expect(Object.fromEntries(table.match(path))).toEqual(methods)
  })
})

describe('allowed', () => {
  it('names HEAD with GET, and OPTIONS always', () => {
    expect(allowed(['POST', 'GET'])).toBe('GET, HEAD, OPTIONS, POST')
    expect(allowed(['DELETE'])).toBe('DELETE, OPTIONS')
  })
})
