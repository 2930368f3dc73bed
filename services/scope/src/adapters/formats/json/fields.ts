// Reads parsed JSON of unknown shape. A field of another type than expected is as good as absent; nothing here throws.

export type Fields = Readonly<Record<string, unknown>>

const nothing: Fields = Object.freeze(Object.create(null) as Record<string, unknown>)
const empty: readonly unknown[] = Object.freeze([])

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object, or one without members. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : nothing
}

/** The list, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : empty
}

/** The text without surrounding blanks; `undefined` if there is none. A number is taken as its digits. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/** The first of several that is a text. */
export function firstText(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const found = text(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** The number, also where it is written as a text (`"7.5"`). */
export function number(value: unknown): number | undefined {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** The texts in a list, without those that are none. */
export function texts(value: unknown): string[] {
  const found: string[] = []
  for (const item of list(value)) {
    const one = text(item)
    if (one !== undefined) found.push(one)
  }
  return found
}

/** A member under a name that comes from the report itself: own members only, or `constructor` would be found. */
export function ownMember(value: unknown, name: string | undefined): unknown {
  return name !== undefined && isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
