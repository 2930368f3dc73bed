import { describe, expect, it } from 'vitest'
import { changedSearch } from '../../table/changed-search.js'
import { type InstancesSearch, instanceFilterOf, readInstancesSearch } from './instances-search.js'
import { justThese } from './selection.js'

describe('the address of Vulnerability Instances', () => {
  it('keeps what it knows and drops what anybody else wrote', () => {
    expect(
      readInstancesSearch({ filter: 'kev', coverage: 'covered', status: 'closed', sort: '-cvss', evil: '<b>' }),
    ).toEqual({ filter: 'kev', coverage: 'covered', status: 'closed', sort: '-cvss' })
    expect(readInstancesSearch({ filter: '', coverage: 'everything', status: 7, sort: null })).toEqual({})
  })

  it('takes a filter that the router read as a truth value for the text it is', () => {
    expect(readInstancesSearch({ filter: true })).toEqual({ filter: 'true' })
  })

  it('is short: what is the default is not in it', () => {
    expect(readInstancesSearch({ status: 'open' })).toEqual({})
    expect(
      changedSearch<InstancesSearch>({ filter: 'kev', sort: 'cvss' }, { filter: '', coverage: 'covered' }),
    ).toEqual({
      sort: 'cvss',
      coverage: 'covered',
    })
    expect(instanceFilterOf({})).toEqual({})
  })
})

describe('a selection', () => {
  it('becomes a query for just these instances', () => {
    expect(justThese(['a'])).toBe('id == "a"')
    expect(justThese(['a', 'b'])).toBe('id in ["a", "b"]')
  })
})
