import { constantOf } from './constants.js'
import { isTextMethod } from './element-tests.js'
import { FaultAt } from './faults.js'
import type { FieldRegistry } from './fields.js'
import { describe, exampleOf, type NamedField, namedField, sampleTest } from './paths.js'
import type { Syntax } from './syntax.js'
import { timeSum } from './time-sum.js'

// What CEL has and this language leaves out, each with what to write instead.

const HINTS: Readonly<Record<string, string>> = {
  matches: 'patterns are not allowed; use startsWith, endsWith or contains',
  exists_one: 'use exists',
  filter: 'use exists',
  map: 'use exists',
  size: 'sizes are not asked for; exists tells whether a value is there',
  lowerAscii: 'text is compared as it is; list the spellings with in',
  now: 'write now without brackets',
}

export function unknownFunction(name: string, offset: number, field?: NamedField): FaultAt {
  const hint =
    name === 'all'
      ? `to say that every value passes, write !${field?.name ?? 'asset.tags'}.exists(x, !(…))`
      : Object.hasOwn(HINTS, name)
        ? HINTS[name]
        : 'the functions are has, timestamp, duration, startsWith, endsWith, contains and exists'
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name
  return new FaultAt('NOT_ALLOWED', `${shown}(…) is not allowed: ${hint}`, offset)
}

const TESTS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||', '!_'])
const COMPUTED: ReadonlySet<string> = new Set(['*', '/', '%', '?:', '[]', '[?]', '.?', 'map'])

/** @throws FaultAt for a test where a value should be (`1 < cvss < 5`), and for anything computed that is no time */
export function refuseNonValue(registry: FieldRegistry, syntax: Syntax): void {
  const name = syntax.op === 'call' || syntax.op === 'rcall' ? syntax.args[0] : undefined
  if (TESTS.has(syntax.op) || name === 'has' || name === 'exists' || (name !== undefined && isTextMethod(name))) {
    throw new FaultAt(
      'NOT_ALLOWED',
      'A test is not compared with anything; join tests with && and ||, and put ! before one to reverse it',
      syntax.start,
    )
  }
  if (name !== undefined && name !== 'timestamp' && name !== 'duration') throw unknownFunction(name, syntax.start)
  if (COMPUTED.has(syntax.op)) throw notATest(registry, syntax)
}

/** For what stands where a field or a value should. */
export function notAValue(registry: FieldRegistry, syntax: Syntax): FaultAt {
  if (syntax.op === 'call' || syntax.op === 'rcall') return unknownFunction(syntax.args[0], syntax.start)
  if (constantOf(syntax) !== undefined) {
    return new FaultAt('CONSTANT', `A test asks about a field, as in ${sampleTest(registry)}`, syntax.start)
  }
  return notATest(registry, syntax)
}

/** For what stands where a test should. */
export function notATest(registry: FieldRegistry, syntax: Syntax): FaultAt {
  const say = (message: string) => new FaultAt('NOT_ALLOWED', message, syntax.start)
  switch (syntax.op) {
    case 'value':
    case '-_':
      // Throws for what is no value of any field, which tells more.
      constantOf(syntax)
      return new FaultAt(
        'CONSTANT',
        'A value alone is no test: it always is the same; compare a field with it',
        syntax.start,
      )
    case 'list':
      return say(`A list stands only after in, as in ${sampleTest(registry)}`)
    case '?:':
      return say('a ? b : c is not allowed; write (a && b) || (!a && c)')
    case '[]':
    case '[?]':
    case '.?':
      return say('A field is named with dots, as in asset.name, and a list is looked into with in and exists')
    case 'map':
      return say('Maps are not allowed')
    case '+':
    case '-':
      // Throws where it is not about times at all.
      timeSum(registry, syntax)
      return say('A sum alone is no test; compare it, as in now - firstSeen > duration("720h")')
    case '*':
    case '/':
    case '%':
      return say('Nothing is calculated but times, with + and -')
    default:
      return say(`This is no test; write one such as ${sampleTest(registry)}`)
  }
}

/** For `<` and its like on what has no order. */
export function unordered(field: NamedField, offset: number): FaultAt {
  const { definition, name } = field
  const refuse = (message: string) => new FaultAt('WRONG_TYPE', message, offset)
  if (definition.type !== 'string') return refuse(`${describe(field)} and has no order; write ${exampleOf(field)}`)
  const [one, other] = definition.values ?? []
  return refuse(
    one === undefined
      ? `${name} is text, which has no order here ("10" would come before "9"); use ==, in or startsWith`
      : `${name} is text, which has no order here; list the values, as in ${name} in ["${one}", "${other}"]`,
  )
}

/** For what is compared with a time and is none. */
export function notATime(registry: FieldRegistry, syntax: Syntax, type: 'timestamp' | 'duration'): FaultAt {
  const field = namedField(registry, syntax)
  const wanted =
    type === 'duration' ? 'a duration, as in duration("720h")' : 'a timestamp, as in timestamp("2026-01-31T00:00:00Z")'
  const what = field === undefined ? 'This stands for no time; a time' : `${describe(field)}; a time`
  return new FaultAt('WRONG_TYPE', `${what} is compared with ${wanted}`, syntax.start)
}
