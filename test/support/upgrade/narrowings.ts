import type { Column, Schema, Table } from './schema.js'

/** A value of the first is one of the second, and reads the same. */
const WIDER: ReadonlySet<string> = new Set([
  'smallint integer',
  'smallint bigint',
  'integer bigint',
  'real double precision',
])

/**
 * What code that was written for the schema before could fail on with the one after: what it reads that is gone or of another type, what it
 * leaves out that is needed now, what it writes that is refused now.
 * @returns a line each, empty where the schema was only added to
 */
export function narrowings(before: Schema, after: Schema): string[] {
  return Object.entries(before).flatMap(([name, table]) => {
    const now = after[name]
    return now === undefined ? [`${name} is gone`] : [...columns(name, table, now), ...rules(name, table, now)]
  })
}

function columns(table: string, before: Table, after: Table): string[] {
  const changed = Object.entries(before.columns).flatMap(([name, column]) => {
    const now = after.columns[name]
    return now === undefined ? [`${table}.${name} is gone`] : changes(`${table}.${name}`, column, now)
  })
  const needed = Object.entries(after.columns).flatMap(([name, { filled }]) =>
    before.columns[name] === undefined && !filled ? [`${table}.${name} is new, not null and without a default`] : [],
  )
  return [...changed, ...needed]
}

function changes(name: string, before: Column, after: Column): string[] {
  const isSame =
    before.type === after.type || WIDER.has(`${before.type} ${after.type}`) || isLonger(before.type, after.type)
  return [
    ...(isSame ? [] : [`${name} was ${before.type} and is ${after.type}`]),
    ...(before.nullable && !after.nullable ? [`${name} could be null`] : []),
    ...(before.filled && !after.filled ? [`${name} could be left out`] : []),
  ]
}

/** `character varying(20)` is wider than `character varying(10)`, and `text` than both. */
function isLonger(before: string, after: string): boolean {
  const length = (type: string) => {
    if (type === 'text' || type === 'character varying') return Number.POSITIVE_INFINITY
    const [, digits] = /^character varying\((\d+)\)$/.exec(type) ?? []
    return digits === undefined ? null : Number(digits)
  }
  const [shorter, longer] = [length(before), length(after)]
  return shorter !== null && longer !== null && shorter <= longer
}

/** A rule over new columns alone looks at nothing that older code writes. */
function rules(table: string, before: Table, after: Table): string[] {
  return Object.entries(after.rules).flatMap(([name, { definition, columns: of }]) => {
    if (of.length > 0 && of.every((column) => before.columns[column] === undefined)) return []
    const was = before.rules[name]
    if (was === undefined) {
      // Under another name it is the same.
      const known = Object.values(before.rules).some((rule) => rule.definition === definition)
      return known ? [] : [`${table}: ${name} is new: ${definition}`]
    }
    return was.definition === definition ? [] : [`${table}: ${name} was ${was.definition} and is ${definition}`]
  })
}
