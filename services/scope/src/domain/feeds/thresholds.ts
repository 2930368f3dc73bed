import { leavesOf, type Query } from '@reprieve/query'

/** What feeds say of one vulnerability; null where they say nothing. */
export interface FeedScores {
  readonly cvss: number | null
  readonly epss: number | null
  readonly kev: boolean | null
}

const NUMBERS = ['cvss', 'epss'] as const

/**
 * Which changes of a vulnerability's scores can change what some query selects: those by which a number gets to the other side of, on or
 * off, a value that one compares it with.
 */
export class ThresholdsInUse {
  /** Sorted, each once; none where no query asks for the field. */
  readonly #numbers = new Map<(typeof NUMBERS)[number], readonly number[]>()
  #kev: boolean

  /** @param always what matters whatever the queries ask for */
  constructor(queries: Iterable<Query>, always: { readonly kev: boolean } = { kev: false }) {
    this.#kev = always.kev
    const numbers = new Map<string, Set<number>>()
    for (const query of queries) {
      for (const leaf of leavesOf(query)) {
        if (leaf.kind !== 'number' && leaf.kind !== 'bool' && leaf.kind !== 'has') continue
        if (leaf.field === 'kev') this.#kev = true
        if (leaf.field !== 'cvss' && leaf.field !== 'epss') continue
        const values = numbers.get(leaf.field) ?? new Set()
        numbers.set(leaf.field, values)
        if (leaf.kind !== 'number') continue
        for (const value of leaf.test.op === 'oneOf' ? leaf.test.values : [leaf.test.value]) values.add(value)
      }
    }
    for (const field of NUMBERS) {
      const values = numbers.get(field)
      if (values !== undefined)
        this.#numbers.set(
          field,
          [...values].sort((a, b) => a - b),
        )
    }
  }

  /**
   * Whether a query may select other instances of the vulnerability afterwards. Where a feed begins or ceases to say something, what the
   * scanners say stood or stands instead, which differs by instance: that always counts.
   */
  crosses(before: FeedScores, after: FeedScores): boolean {
    if (this.#kev && before.kev !== after.kev) return true
    return NUMBERS.some((field) => {
      const thresholds = this.#numbers.get(field)
      if (thresholds === undefined || before[field] === after[field]) return false
      const [from, to] = [before[field], after[field]]
      return from === null || to === null || placeOf(thresholds, from) !== placeOf(thresholds, to)
    })
  }
}

/** Even between two thresholds, odd on one: every comparison with them comes to the same for all values of one place. */
function placeOf(thresholds: readonly number[], value: number): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((thresholds[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return 2 * low + (thresholds[low] === value ? 1 : 0)
}
