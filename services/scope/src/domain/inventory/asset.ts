import type { AssetFacts } from '../ingest/record.js'

/** What one scanner says of an asset, and since when it has been saying just this. */
export interface AssetSource {
  readonly scanner: number
  readonly facts: AssetFacts
  /** Milliseconds since the epoch. */
  readonly saidAt: number
}

/** One scanner's newer word over its older: what it does not say now it does not take back either. */
export function saidNow(before: AssetFacts, now: AssetFacts): AssetFacts {
  const merged = { ...before, name: now.name }
  for (const field of Object.keys(now) as (keyof AssetFacts)[]) {
    if (isSaid(field, now)) Object.assign(merged, { [field]: now[field] })
  }
  return merged
}

/**
 * What all sources together say: of each attribute the word that was said last, of the tags all of them. The order in which the
 * sources are given does not matter.
 */
export function mergeSources(sources: readonly [AssetSource, ...AssetSource[]]): AssetFacts {
  const newestFirst = sources.toSorted((a, b) => b.saidAt - a.saidAt || a.scanner - b.scanner)
  const merged = newestFirst
    .toReversed()
    .reduce((all, { facts }) => saidNow(all, facts), (newestFirst.at(-1) as AssetSource).facts)
  const tags = sources.flatMap(({ facts }) => facts.tags ?? [])
  return { ...merged, tags: sources.every(({ facts }) => facts.tags === null) ? null : [...new Set(tags)].sort() }
}

export const sameFacts = (a: AssetFacts, b: AssetFacts): boolean =>
  TEXTS.every((field) => a[field] === b[field]) && sameTags(a.tags, b.tags)

/** Whether a newer word of the same scanner leaves all as it was: so it is with nearly every finding. */
export const addsNothing = (before: AssetFacts, now: AssetFacts): boolean =>
  TEXTS.every((field) => before[field] === now[field] || !isSaid(field, now)) &&
  (now.tags === null || sameTags(before.tags, now.tags))

const TEXTS = [
  'name',
  'type',
  'os',
  'owner',
  'businessUnit',
  'environment',
  'exposure',
  'criticality',
] as const satisfies (keyof AssetFacts)[]

const sameTags = (a: AssetFacts['tags'], b: AssetFacts['tags']): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((tag, index) => tag === b[index]))

const isSaid = (field: keyof AssetFacts, facts: AssetFacts): boolean =>
  facts[field] !== null && !(field === 'type' && facts.type === 'unknown')
