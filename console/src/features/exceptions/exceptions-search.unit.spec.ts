import { describe, expect, it } from 'vitest'
import { filterOf, readExceptionsSearch } from './exceptions-search.js'

describe('the address of the Exception Table', () => {
  it('takes what it knows and drops the rest, whatever somebody wrote there', () => {
    expect(
      readExceptionsSearch({
        status: 'nonsense',
        kind: ['query'],
        text: 42,
        minInstances: -1,
        tab: '<script>',
        other: 'x',
        sort: '-name',
      }),
    ).toEqual({ text: '42', sort: '-name' })
  })

  it('becomes the filter that the API is asked with', () => {
    const search = readExceptionsSearch({ status: 'active', requestedBy: 'me', minInstances: '5', tab: 'history' })
    expect(filterOf(search)).toEqual({ status: ['active'], requestedBy: ['me'], minInstances: 5 })
  })
})
