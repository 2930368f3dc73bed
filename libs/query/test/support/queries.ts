import { instanceFields } from '@reprieve/query'
import fc from 'fast-check'
import { AGES, IDS, NOW, PORTS, SCORES, TEXTS } from './rows.js'

/** A query in our language, and what it means in plain CEL over a variable `row` that has what is known of the row. */
export interface GeneratedQuery {
  readonly text: string
  readonly witness: string
  readonly leaves: number
}

type Subject = (subject: string) => string

interface Test {
  readonly of: Subject
  readonly leaves: number
}

const fieldsOf = (type: string) =>
  Object.entries(instanceFields).flatMap(([name, field]) => (field.type === type ? [name] : []))
const valuesOf = (field: string): readonly string[] | undefined => {
  const definition = Object.entries(instanceFields).find(([name]) => name === field)?.[1]
  return definition !== undefined && 'values' in definition ? definition.values : undefined
}

const quoted = (value: string): fc.Arbitrary<string> => {
  const plain = JSON.stringify(value)
  const single = `'${plain.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  return fc.constantFrom(plain, plain, single)
}

const literal = (values: readonly string[]) => fc.constantFrom(...values).chain(quoted)
const part = fc.constantFrom(
  ...TEXTS.flatMap((text) => [text, text.slice(0, 2), text.slice(-2)]).filter((text) => text.isWellFormed()),
  '',
)

/** A test of one text, over whatever it is a test of. */
const textTest = (values: readonly string[]): fc.Arbitrary<Test> =>
  fc
    .oneof(
      fc.tuple(fc.constantFrom('==', '!='), literal(values)).map(
        ([op, value]): Subject =>
          (it) =>
            `${it} ${op} ${value}`,
      ),
      fc.tuple(fc.constantFrom('==', '!='), literal(values)).map(
        ([op, value]): Subject =>
          (it) =>
            `${value} ${op} ${it}`,
      ),
      fc.array(literal(values), { maxLength: 4 }).map(
        (list): Subject =>
          (it) =>
            `${it} in [${list.join(', ')}]`,
      ),
      fc.tuple(fc.constantFrom('startsWith', 'endsWith', 'contains'), part.chain(quoted)).map(
        ([method, value]): Subject =>
          (it) =>
            `${it}.${method}(${value})`,
      ),
    )
    .map((of) => ({ of, leaves: 1 }))

/** Bodies of `exists`: tests of the element with `&& || !`. */
const body: fc.Arbitrary<Test> = fc.oneof(
  { weight: 3, arbitrary: textTest(TEXTS) },
  { weight: 1, arbitrary: textTest(TEXTS).map(({ of, leaves }): Test => ({ of: (it) => `!(${of(it)})`, leaves })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(textTest(TEXTS), fc.constantFrom('&&', '||'), textTest(TEXTS))
      .map(([a, sign, b]): Test => ({ of: (it) => `${a.of(it)} ${sign} ${b.of(it)}`, leaves: a.leaves + b.leaves })),
  },
)

const textAtom: fc.Arbitrary<GeneratedQuery> = fc.constantFrom(...fieldsOf('string')).chain((field) =>
  textTest(field === 'id' ? [...IDS, IDS[2].toUpperCase(), 'no id'] : (valuesOf(field) ?? TEXTS)).map(
    ({ of, leaves }) => {
      const witness = `row.${field}`
      if (field !== 'vulnerability') return { text: of(field), witness: of(witness), leaves }
      // Any of its ids. "Not equal" is the negation of that, and not "any id is another".
      const isNegated = of('it').includes('!=')
      const positive: Subject = (it) => of(it).replace('!=', '==')
      const any = `(${positive(witness)} || row.aliases.exists(id, ${positive('id')}))`
      return { text: of(field), witness: isNegated ? `!${any}` : any, leaves }
    },
  ),
)

const listAtom: fc.Arbitrary<GeneratedQuery> = fc.constantFrom(...fieldsOf('list of string')).chain((field) =>
  fc.oneof(
    literal(TEXTS).map((value) => ({ text: `${value} in ${field}`, witness: `${value} in row.${field}`, leaves: 1 })),
    fc.tuple(body, fc.constantFrom('x', 'tag')).map(([{ of, leaves }, variable]) => ({
      text: `${field}.exists(${variable}, ${of(variable)})`,
      witness: `row.${field}.exists(${variable}, ${of(variable)})`,
      leaves,
    })),
  ),
)

const OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const
const double = fc.constantFrom(...SCORES).chain((value) => {
  const text = Object.is(value, -0) ? '-0.0' : String(value)
  return fc.constantFrom(text, Number.isInteger(value) && !/[.e]/.test(text) ? `${text}.0` : text)
})

const compared = (field: string, value: fc.Arbitrary<string>): fc.Arbitrary<GeneratedQuery> =>
  fc
    .oneof(
      fc.tuple(fc.constantFrom(...OPERATORS), value).map(
        ([op, it]): Subject =>
          (subject) =>
            `${subject} ${op} ${it}`,
      ),
      fc.tuple(fc.constantFrom(...OPERATORS), value).map(
        ([op, it]): Subject =>
          (subject) =>
            `${it} ${op} ${subject}`,
      ),
      fc.array(value, { maxLength: 4 }).map(
        (list): Subject =>
          (subject) =>
            `${subject} in [${list.join(', ')}]`,
      ),
    )
    .map((of) => ({ text: of(field), witness: of(`row.${field}`), leaves: 1 }))

const numberAtom = fc.oneof(
  compared('cvss', double),
  compared('epss', double),
  compared('port', fc.constantFrom(...PORTS).map(String)),
)

const boolAtom: fc.Arbitrary<GeneratedQuery> = fc
  .tuple(
    fc.constantFrom(...fieldsOf('bool')),
    fc.constantFrom<Subject>(
      (it) => it,
      (it) => `!${it}`,
      (it) => `${it} == true`,
      (it) => `${it} != true`,
      (it) => `false == ${it}`,
      (it) => `${it} != false`,
    ),
  )
  .map(([field, of]) => ({ text: of(field), witness: of(`row.${field}`), leaves: 1 }))

const milliseconds = (value: number) => `duration("${value}ms")`
const instant = (value: number) => `timestamp("${new Date(value).toISOString()}")`

/** Every way to say the same, over the time itself. */
const timeAtom: fc.Arbitrary<GeneratedQuery> = fc
  .tuple(fc.constantFrom(...AGES), fc.constantFrom(...OPERATORS), fc.nat(8))
  .map(([age, op, arrangement]) => {
    const at = NOW.getTime() - age
    const ways: Subject[] = [
      (it) => `${it} ${op} ${instant(at)}`,
      (it) => `${instant(at)} ${op} ${it}`,
      (it) => `now - ${it} ${op} ${milliseconds(age)}`,
      (it) => `${milliseconds(age)} ${op} now - ${it}`,
      (it) => `${it} ${op} now - ${milliseconds(age)}`,
      (it) => `${it} + ${milliseconds(age)} ${op} now`,
      (it) => `now ${op} ${milliseconds(age)} + ${it}`,
      (it) => `${it} - now ${op} ${milliseconds(-age)}`,
      (it) => `${instant(at + 1)} - ${it} ${op} ${milliseconds(1)}`,
    ]
    const way = ways[arrangement] ?? ((it) => it)
    return { text: way('firstSeen'), witness: way('row.firstSeen'), leaves: 1 }
  })

const clockAtom: fc.Arbitrary<GeneratedQuery> = fc
  .tuple(fc.constantFrom(-1, 0, 1), fc.constantFrom(...OPERATORS))
  .map(([beside, op]) => ({ text: `now ${op} ${instant(NOW.getTime() + beside)}`, leaves: 1 }))
  .map((atom) => ({ ...atom, witness: atom.text }))

const hasAtom: fc.Arbitrary<GeneratedQuery> = fc
  .constantFrom(...Object.keys(instanceFields).filter((name) => name !== 'now'))
  .map((field) => ({ text: `has(${field})`, witness: `has(row.${field})`, leaves: 1 }))

const atom = fc.oneof(
  { weight: 5, arbitrary: textAtom },
  { weight: 3, arbitrary: listAtom },
  { weight: 3, arbitrary: numberAtom },
  { weight: 1, arbitrary: boolAtom },
  { weight: 3, arbitrary: timeAtom },
  { weight: 1, arbitrary: clockAtom },
  { weight: 2, arbitrary: hasAtom },
)

const space = fc.constantFrom(' ', ' ', '\n', '\t', ' // note && (\n')

const { query } = fc.letrec<{ query: GeneratedQuery; joined: GeneratedQuery; negated: GeneratedQuery }>((tie) => ({
  query: fc.oneof({ maxDepth: 4, withCrossShrink: true }, atom, tie('joined'), tie('joined'), tie('negated')),
  joined: fc
    .tuple(fc.constantFrom('&&', '||'), fc.array(tie('query'), { minLength: 2, maxLength: 3 }), space)
    .map(([sign, parts, gap]) => ({
      text: parts.map(({ text }) => `(${text})`).join(`${gap}${sign}${gap}`),
      witness: parts.map(({ witness }) => `(${witness})`).join(` ${sign} `),
      leaves: parts.reduce((sum, { leaves }) => sum + leaves, 0),
    })),
  negated: tie('query').map(({ text, witness, leaves }) => ({ text: `!(${text})`, witness: `!(${witness})`, leaves })),
}))

/** Random queries of the whole language, all of them allowed. */
export const generatedQuery: fc.Arbitrary<GeneratedQuery> = query.filter(({ leaves }) => leaves <= 64)
