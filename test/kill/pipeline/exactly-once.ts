import { expect } from 'vitest'
import type { Outcome } from './pipeline.js'

/** Nothing lost, nothing acted on twice, every rule's changes in their order, and every copy like its source. */
export function expectExactlyOnce(outcome: Outcome): void {
  const { changes, rules, effects, copies, ledger, records } = outcome
  expect(outcome.waiting).toBe(0)
  expect(changes.map(({ n }) => n)).toEqual(expect.arrayContaining(outcome.told))

  const versionsSeen = rules.map(({ id }) => effects.filter(({ rule_id }) => rule_id === id).map((one) => one.version))
  expect(versionsSeen).toEqual(rules.map(({ version }) => Array.from({ length: version }, (_, n) => n + 1)))
  expect(effects.map(({ says }) => says).toSorted(ascending)).toEqual(changes.map(({ n }) => n))
  expect(copies).toEqual(rules)

  // An event may be on the topic twice: its relay was killed before it knew of the first one. Each record is booked once, in order.
  expect(byPartition(ledger.map(({ place }) => place))).toEqual(byPartition(records))
  expect(new Set(ledger.map(({ event_id }) => event_id)).size).toBe(changes.length)
}

const ascending = (a: number, b: number): number => a - b

function byPartition(places: readonly string[]): Map<string, string[]> {
  const partitions = new Map<string, string[]>()
  for (const place of places.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))) {
    const [partition = '', offset = ''] = place.split('/')
    partitions.set(partition, [...(partitions.get(partition) ?? []), offset])
  }
  return partitions
}
