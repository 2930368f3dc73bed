import { describe, expect, it } from 'vitest'
import { changedSearch } from './changed-search.js'

interface Search {
  folder?: string
  text?: string
  sort?: string
}

describe('what a change makes of an address', () => {
  it('is without what is not asked for, so that addresses stay short', () => {
    expect(changedSearch<Search>({ text: 'kev', sort: 'name' }, { text: '', sort: undefined, folder: 'a' })).toEqual({
      folder: 'a',
    })
  })

  it('keeps an empty text that says something', () => {
    expect(changedSearch<Search>({ text: 'kev' }, { folder: '', text: '' }, ['folder'])).toEqual({ folder: '' })
  })
})
