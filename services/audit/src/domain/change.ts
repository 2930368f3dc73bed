import type { Json, JsonObject } from './told.js'

/** One member of a subject that an event changed. */
export interface Change {
  field: string
  from: Json
  to: Json
}

// A justification stands whole; a query of 64 KiB is kept by its owner, and its beginning tells which it is.
const MOST_CHARACTERS = 10_000

// Counted with every change, or told again by what else has changed.
const UNTOLD = new Set(['id', 'version', 'acts'])

/** What has changed, member by member. Without a state before: all that is not empty. */
export function changesBetween(before: JsonObject | null, after: JsonObject): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])].filter((name) => !UNTOLD.has(name))
  return fields.sort().flatMap((field) => {
    const [from, to] = [before?.[field] ?? null, after[field] ?? null]
    if (canonical(from) === canonical(to) || (before === null && isEmpty(to))) return []
    return [{ field, from: bounded(from), to: bounded(to) }]
  })
}

const isEmpty = (value: Json): boolean => value === null || value === '' || (Array.isArray(value) && value.length === 0)

function bounded(value: Json): Json {
  if (typeof value === 'string') return value.length <= MOST_CHARACTERS ? value : shortened(value)
  if (Array.isArray(value)) return value.map(bounded)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, bounded(member)]))
}

const shortened = (text: string): string =>
  `${text.slice(0, MOST_CHARACTERS).toWellFormed()}… (${text.length} characters)`

/** One text for one value: members in the order of their names. */
export const canonical = (value: Json): string =>
  JSON.stringify(value, (_name, part: Json) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
