import type { QueryField } from './fields.js'

/** What can stand at a place in a query. */
export interface Proposal {
  label: string
  kind: 'field' | 'value' | 'function' | 'keyword'
  detail?: string
  info?: string
  /** What is written, where that is more than the label. */
  insert?: string
}

export interface Proposals {
  /** Where the word begins that a proposal replaces. */
  from: number
  options: Proposal[]
}

const WORD = /[A-Za-z_][\w.]*$/
/** An open string after a comparison with a field, or in a list of values: `severity == "cri`, `severity in ["low", "me`. */
const VALUE = /([A-Za-z_][\w.]*)\s*(?:==|!=|in\s*\[(?:\s*"[^"]*"\s*,)*)\s*"([^"]*)$/

const KEYWORDS: readonly Proposal[] = [
  { label: 'in', kind: 'keyword', detail: 'one of a list', insert: 'in [""]' },
  { label: 'has', kind: 'function', detail: 'the value is known', insert: 'has()' },
  { label: 'true', kind: 'keyword' },
  { label: 'false', kind: 'keyword' },
  { label: 'now', kind: 'keyword', detail: 'timestamp' },
  { label: 'duration', kind: 'function', detail: 'as in "720h"', insert: 'duration("720h")' },
  { label: 'timestamp', kind: 'function', detail: 'as in "2026-01-31T00:00:00Z"', insert: 'timestamp("")' },
]

const ON_TEXT: readonly Proposal[] = [
  { label: 'startsWith', kind: 'function', insert: 'startsWith("")' },
  { label: 'endsWith', kind: 'function', insert: 'endsWith("")' },
  { label: 'contains', kind: 'function', insert: 'contains("")' },
]

const ON_LIST: readonly Proposal[] = [
  { label: 'exists', kind: 'function', detail: 'holds for one of them', insert: 'exists(x, x == "")' },
]

/**
 * Proposals for the end of what was typed so far; null where there is nothing to propose.
 * @param before the query up to the cursor
 * @param asked somebody asked for them, rather than just typed
 */
export function proposals(before: string, fields: readonly QueryField[], asked: boolean): Proposals | null {
  const value = VALUE.exec(before)
  if (value) {
    const [, name = '', typed = ''] = value
    const values = fields.find((field) => field.name === name)?.values ?? []
    if (values.length === 0) return null
    return {
      from: before.length - typed.length,
      options: values.map((label) => ({ label, kind: 'value' as const })),
    }
  }
  // Inside of any other string there is nothing to say.
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) return null
  const word = WORD.exec(before)?.[0] ?? ''
  if (word === '' && !asked) return null
  const dot = word.lastIndexOf('.')
  const receiver = fields.find((field) => field.name === word.slice(0, dot))
  if (dot >= 0 && receiver !== undefined) {
    const methods = receiver.type === 'string' ? ON_TEXT : receiver.type.startsWith('list') ? ON_LIST : []
    return { from: before.length - (word.length - dot - 1), options: [...methods] }
  }
  return {
    from: before.length - word.length,
    options: [
      ...fields.map(({ name, type, description }) => ({
        label: name,
        kind: 'field' as const,
        detail: type,
        info: description,
      })),
      ...KEYWORDS,
    ],
  }
}
