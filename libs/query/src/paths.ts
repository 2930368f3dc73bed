import { FaultAt } from './faults.js'
import { type FieldDefinition, type FieldRegistry, type FieldType, fieldOf } from './fields.js'
import { suggest } from './suggest.js'
import type { Syntax } from './syntax.js'

/** A field as a query names it. */
export interface NamedField {
  readonly name: string
  readonly definition: FieldDefinition
  readonly offset: number
}

/** `a.b.c` as the text it stands for; undefined if the tree is anything else than names joined by dots. */
export function pathOf(syntax: Syntax): string | undefined {
  const parts: string[] = []
  let at = syntax
  while (at.op === '.') {
    parts.push(at.args[1])
    at = at.args[0]
  }
  return at.op === 'id' ? [at.args, ...parts.reverse()].join('.') : undefined
}

const shorten = (name: string) => (name.length > 60 ? `${name.slice(0, 60)}…` : name)

function unknownField(registry: FieldRegistry, path: string, offset: number): FaultAt {
  const names = Object.keys(registry)
  const members = names.filter((name) => name.startsWith(`${path}.`))
  if (members.length > 0) {
    return new FaultAt('UNKNOWN_FIELD', `${path} alone is no field; say which: ${members.join(', ')}`, offset)
  }
  const meant = suggest(path, names)
  const owner = names.find((name) => registry[name]?.values?.includes(path))
  const hint =
    owner !== undefined
      ? `text stands in quotes, as in ${owner} == "${path}"`
      : meant !== undefined
        ? `did you mean ${meant}?`
        : `text stands in quotes, and the fields are ${names.join(', ')}`
  return new FaultAt('UNKNOWN_FIELD', `There is no field ${shorten(path)}; ${hint}`, offset)
}

/**
 * The field that the tree names; undefined if it is no name at all.
 * @throws FaultAt for a name that the registry does not have
 */
export function namedField(registry: FieldRegistry, syntax: Syntax): NamedField | undefined {
  const name = pathOf(syntax)
  if (name === undefined) return undefined
  const definition = fieldOf(registry, name)
  if (definition === undefined) throw unknownField(registry, name, syntax.start)
  return { name, definition, offset: syntax.start }
}

const WORDS: Readonly<Record<FieldType, string>> = {
  string: 'text',
  'list of string': 'a list of texts',
  double: 'a number',
  int: 'a whole number',
  bool: 'true or false',
  timestamp: 'a time',
}

/** A right test of the field, to be shown in messages. */
export function exampleOf({ name, definition }: NamedField): string {
  switch (definition.type) {
    case 'string':
      return `${name} == "${definition.values?.[0] ?? 'text'}"`
    case 'list of string':
      return `"text" in ${name}`
    case 'double':
      return `${name} >= 7.0`
    case 'int':
      return `${name} == 443`
    case 'bool':
      return `${name} or !${name}`
    case 'timestamp':
      return definition.clock
        ? `${name} < timestamp("2026-01-31T00:00:00Z")`
        : `${name} < timestamp("2026-01-31T00:00:00Z") or now - ${name} > duration("720h")`
  }
}

/** A right test over the registry, for messages that are about no field of their own: of one with few values, where there is one. */
export function sampleTest(registry: FieldRegistry): string {
  const fields = Object.entries(registry)
  const [name, definition] = fields.find(([, { values }]) => (values?.length ?? 0) > 1) ?? fields[0] ?? []
  if (name === undefined || definition === undefined) return 'field == "text"'
  const [one, other] = definition.values ?? []
  return other === undefined ? exampleOf({ name, definition, offset: 0 }) : `${name} in ["${one}", "${other}"]`
}

/** `cvss is a number` */
export function describe({ name, definition }: NamedField): string {
  return `${name} is ${WORDS[definition.type]}`
}
