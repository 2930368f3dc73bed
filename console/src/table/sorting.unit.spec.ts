import { describe, expect, it } from 'vitest'
import { countOf, countText, sizeText } from './count-text.js'
import { direction, nextSort } from './sorting.js'

describe('the head of a column', () => {
  it('sorts down, then up, then as the list is by itself', () => {
    const first = nextSort(undefined, 'name')
    const second = nextSort(first, 'name')
    expect([first, second, nextSort(second, 'name')]).toEqual(['-name', 'name', undefined])
    expect(nextSort('-name', 'status')).toBe('-status')
  })

  it('tells how the list is sorted by it', () => {
    expect([direction('-name,status', 'name'), direction('name', 'name'), direction('name', 'status')]).toEqual([
      'descending',
      'ascending',
      'none',
    ])
  })
})

describe('a count', () => {
  it('says where counting stopped', () => {
    expect(countText({ value: 10_000, exact: false })).toBe('10,000+')
    expect([countOf(1, 'instance'), countOf(1_234, 'instance')]).toEqual(['1 instance', '1,234 instances'])
  })

  it('of bytes is in the unit that people use for so many', () => {
    expect([sizeText(0), sizeText(1_536), sizeText(250 * 1024 * 1024)]).toEqual(['0 B', '1.5 KiB', '250 MiB'])
  })
})
