import { expect, it } from 'vitest'
import { joinClasses } from './classes.js'

it('Ids that nobody knows become a class, the canonical one first', () => {
  expect(joinClasses([], [['CVE-2024-1111', 'GHSA-cccc-cccc-cccc']])).toEqual([
    { keys: [], ids: ['CVE-2024-1111', 'GHSA-cccc-cccc-cccc'] },
  ])
})

it('What is known already changes nothing', () => {
  expect(
    joinClasses([{ key: 1, ids: ['CVE-2024-1111', 'A-1'] }], [['CVE-2024-1111', 'A-1'], ['CVE-2024-1111']]),
  ).toEqual([])
})

it('An alias that is in another class joins both, and the older one stays', () => {
  const stored = [
    { key: 7, ids: ['GHSA-cccc-cccc-cccc'] },
    { key: 3, ids: ['CVE-2024-1111'] },
  ]
  expect(joinClasses(stored, [['CVE-2024-1111', 'GHSA-cccc-cccc-cccc']])).toEqual([
    { keys: [3, 7], ids: ['CVE-2024-1111', 'GHSA-cccc-cccc-cccc'] },
  ])
})

it('Statements of one batch add up, in whatever order they come', () => {
  const statements: [string, ...string[]][] = [
    ['GO-1', 'OSV-1'],
    ['CVE-2024-1111', 'GO-1'],
    ['RUSTSEC-1', 'OSV-1'],
  ]
  const [all, ...others] = joinClasses([], statements)
  expect(others).toEqual([])
  expect(all?.ids.toSorted()).toEqual(['CVE-2024-1111', 'GO-1', 'OSV-1', 'RUSTSEC-1'])
  expect(joinClasses([], statements.toReversed())[0]?.ids.toSorted()).toEqual(all?.ids.toSorted())
})

it('Two CVEs never become one, whichever alias both are given', () => {
  const stored = [{ key: 1, ids: ['CVE-2024-1111', 'GHSA-cccc-cccc-cccc'] }]
  expect(joinClasses(stored, [['CVE-2024-2222', 'GHSA-cccc-cccc-cccc']])).toEqual([
    { keys: [], ids: ['CVE-2024-2222'] },
  ])
})
