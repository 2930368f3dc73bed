/** Edit distance in which two neighbours swapped count once; infinite above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  const found = last[b.length] ?? 0
  return found <= limit ? found : Number.POSITIVE_INFINITY
}

const tail = (name: string) => name.slice(name.lastIndexOf('.') + 1)

/**
 * The candidate that was probably meant by `word`: spelled nearly alike, as a whole or in its last part
 * (`environment` means `asset.environment`). Undefined where none is near.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase()
  // Longer words are nobody's misspelling, and need no time spent on them.
  if (wanted.length > 64) return undefined
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: string | undefined
  let bestCost = limit + 1
  for (const candidate of candidates) {
    const name = candidate.toLowerCase()
    const cost = Math.min(
      distance(wanted, name, limit),
      distance(tail(wanted), tail(name), Math.floor(tail(wanted).length / 3)) + 0.5,
      name.startsWith(wanted) && wanted.length >= 3 ? 1 : Number.POSITIVE_INFINITY,
      tail(name).startsWith(tail(wanted)) && tail(wanted).length >= 3 ? 1.5 : Number.POSITIVE_INFINITY,
    )
    if (cost < bestCost) {
      best = candidate
      bestCost = cost
    }
  }
  return best
}
