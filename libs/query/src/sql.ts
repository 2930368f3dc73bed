import type { FieldType, InstanceFields, RowFieldName } from './fields.js'
import { EARLIEST, LATEST } from './literals.js'
import type { Comparison, Leaf, Literal, NormalNode, NumberLeaf, Query, TextLeaf, TextTest } from './query.js'

/** PostgreSQL's type of a column. `numeric` and `real` are none: they would round otherwise than the interpreter. */
export type ColumnType = 'text' | 'uuid' | 'text[]' | 'float8' | 'int8' | 'boolean' | 'timestamptz'

/**
 * Where a field's value comes from. NULL is unknown. Text needs a deterministic collation, and times whole milliseconds.
 * `int8` stands for smallint and integer, too.
 */
export interface Column {
  /** An expression of the caller's own, never of a user: `i.severity`, `coalesce(v.cvss, i.cvss)`. */
  readonly sql: string
  readonly type: ColumnType
}

/** A column for every field that rows have. */
export type InstanceColumns = Readonly<Record<RowFieldName<InstanceFields>, Column>>

/** Any mapping of fields to columns; what the translation takes. */
export type Columns = Readonly<Record<string, Column>>

/** A condition with its parameters. */
export interface SqlCondition {
  /** With `$1`, `$2`, … in the order of `values`. */
  readonly text: string
  readonly values: readonly unknown[]
  /** The text around the parameters, for Kysely: ``sql<boolean>(parts, ...values)``. */
  readonly parts: TemplateStringsArray
}

const TYPES: Readonly<Record<FieldType, readonly ColumnType[]>> = {
  string: ['text', 'uuid'],
  'list of string': ['text[]'],
  double: ['float8'],
  int: ['int8'],
  bool: ['boolean'],
  timestamp: ['timestamptz'],
}

const NOT_NAN = `< 'NaN'::float8`
const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** SQL as fixed pieces and parameters in turn, so that no value ever becomes part of the text. */
class Sql {
  private constructor(
    readonly parts: readonly string[],
    readonly values: readonly unknown[],
  ) {}

  static text(text: string): Sql {
    return new Sql([text], [])
  }

  static of(parts: readonly string[], ...inserted: readonly (Sql | string)[]): Sql {
    let result = Sql.text(parts[0] ?? '')
    inserted.forEach((piece, index) => {
      result = result
        .append(typeof piece === 'string' ? Sql.text(piece) : piece)
        .append(Sql.text(parts[index + 1] ?? ''))
    })
    return result
  }

  static parameter(value: unknown, type: string): Sql {
    return new Sql(['', `::${type}`], [value])
  }

  static join(pieces: readonly Sql[], separator: string): Sql {
    return pieces.reduce((all, piece) => all.append(Sql.text(separator)).append(piece))
  }

  append(other: Sql): Sql {
    const [first = '', ...rest] = other.parts
    return new Sql(
      [...this.parts.slice(0, -1), (this.parts.at(-1) ?? '') + first, ...rest],
      [...this.values, ...other.values],
    )
  }
}

const sql = (parts: TemplateStringsArray, ...inserted: readonly (Sql | string)[]) => Sql.of(parts, ...inserted)

const likePattern = (value: string) => value.replaceAll(/[\\%_]/g, '\\$&')

const PATTERNS = {
  startsWith: (value: string) => `${likePattern(value)}%`,
  endsWith: (value: string) => `%${likePattern(value)}`,
  contains: (value: string) => `%${likePattern(value)}%`,
} as const

/** A test of one text that is not NULL, over an expression. */
function textTest(test: TextTest, subject: string): Sql {
  switch (test.op) {
    case 'oneOf':
      return sql`${subject} = ANY(${Sql.parameter(test.values, 'text[]')})`
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return sql`${subject} LIKE ${Sql.parameter(PATTERNS[test.op](test.value), 'text')}`
    case 'not':
      return sql`NOT (${textTest(test.test, subject)})`
    case 'and':
    case 'or': {
      const parts = test.tests.map((part) => textTest(part, subject))
      return sql`(${Sql.join(parts, test.op === 'and' ? ' AND ' : ' OR ')})`
    }
  }
}

function uuidLiteral(column: string, values: readonly string[], negated: boolean): Sql {
  // Another spelling of the same id would be equal as uuid, and is not as text; what is no id at all would be an error.
  const ids = values.filter((value) => CANONICAL_UUID.test(value))
  return equality(column, ids, 'uuid', negated)
}

/** `column in values`, or not; false or NULL where the column is NULL. */
function equality(column: string, values: readonly unknown[], type: string, negated: boolean): Sql {
  // = ANY of nothing is false and <> ALL of nothing true even for NULL.
  if (values.length === 0) return negated ? sql`${column} IS NOT NULL` : Sql.text('FALSE')
  if (values.length === 1) return sql`${column} ${negated ? '<>' : '='} ${Sql.parameter(values[0], type)}`
  return sql`${column} ${negated ? '<> ALL' : '= ANY'}(${Sql.parameter(values, `${type}[]`)})`
}

function scalarText({ sql: column, type }: Column, test: TextTest, negated: boolean): Sql {
  if (test.op === 'oneOf') {
    return type === 'uuid' ? uuidLiteral(column, test.values, negated) : equality(column, test.values, 'text', negated)
  }
  const subject = type === 'uuid' ? `(${column})::text` : column
  const tested = textTest(test, subject)
  return negated ? sql`NOT (${tested})` : tested
}

function listText({ sql: column }: Column, test: TextTest, negated: boolean): Sql {
  if (test.op === 'oneOf') {
    const overlap = sql`${column} && ${Sql.parameter(test.values, 'text[]')}`
    return negated ? sql`NOT (${overlap})` : overlap
  }
  const found = sql`EXISTS (SELECT 1 FROM unnest(${column}) AS query_element(text_) WHERE ${textTest(test, 'query_element.text_')})`
  return negated ? sql`(${column} IS NOT NULL AND NOT ${found})` : found
}

function time(field: string, op: Comparison, at: number, negated: boolean): Sql {
  // Beyond the years that times have, a threshold lies above or below all of them.
  const bound = at > LATEST ? 'infinity' : at < EARLIEST ? '-infinity' : new Date(at).toISOString()
  const sign = op === '==' ? (negated ? '<>' : '=') : op
  return sql`${field} ${sign} ${Sql.parameter(bound, 'timestamptz')}`
}

const MIRROR: Readonly<Record<Comparison, Comparison>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' }

function compareNow(op: Comparison, now: number, at: number): boolean {
  if (op === '==') return now === at
  if (op === '<' || op === '<=') return now < at || (op === '<=' && now === at)
  return now > at || (op === '>=' && now === at)
}

class Translation {
  constructor(
    private readonly columns: Columns,
    private readonly now: number,
  ) {}

  node(node: NormalNode): Sql {
    if (node.kind === 'literal') return sql`(${this.literal(node)})`
    const parts = node.nodes.map((part) => this.node(part))
    return sql`(${Sql.join(parts, node.kind === 'and' ? ' AND ' : ' OR ')})`
  }

  private column(field: string, type: FieldType): Column {
    const column = Object.hasOwn(this.columns, field) ? this.columns[field] : undefined
    if (column === undefined) throw new TypeError(`No column is given for the field ${field}`)
    if (!TYPES[type].includes(column.type)) {
      throw new TypeError(`The column of ${field} is ${column.type}, where ${TYPES[type].join(' or ')} is needed`)
    }
    return { ...column, sql: `(${column.sql})` }
  }

  private literal({ leaf, negated }: Literal): Sql {
    switch (leaf.kind) {
      case 'text':
        return this.text(leaf, negated)
      case 'number':
        return this.number(leaf, negated)
      case 'bool':
        return sql`${negated ? 'NOT ' : ''}${this.column(leaf.field, 'bool').sql}`
      case 'time':
        return time(this.column(leaf.field, 'timestamp').sql, leaf.op, leaf.at, negated)
      case 'age':
        // now − field op age is field op′ now − age, which an index on the field can serve.
        return time(this.column(leaf.field, 'timestamp').sql, MIRROR[leaf.op], this.now - leaf.milliseconds, negated)
      case 'clock':
        return Sql.text(compareNow(leaf.op, this.now, leaf.at) === negated ? 'FALSE' : 'TRUE')
      case 'has':
        return this.has(leaf, negated)
    }
  }

  private text(leaf: TextLeaf, negated: boolean): Sql {
    if (leaf.list) return listText(this.column(leaf.field, 'list of string'), leaf.test, negated)
    const own = scalarText(this.column(leaf.field, 'string'), leaf.test, negated)
    if (leaf.alsoIn === undefined) return own
    const more = listText(this.column(leaf.alsoIn, 'list of string'), leaf.test, negated)
    return sql`${own} ${negated ? 'AND' : 'OR'} ${more}`
  }

  private number({ field, type, test }: NumberLeaf, negated: boolean): Sql {
    const { sql: column } = this.column(field, type)
    const sqlType = type === 'double' ? 'float8' : 'int8'
    const compared =
      test.op === 'oneOf'
        ? equality(column, test.values, sqlType, negated)
        : sql`${column} ${test.op} ${Sql.parameter(test.value, sqlType)}`
    // To PostgreSQL NaN is above every number; to us it is no known value.
    const letsNanIn = test.op === 'oneOf' ? negated : test.op === '>' || test.op === '>='
    return type === 'double' && letsNanIn ? sql`${compared} AND ${column} ${NOT_NAN}` : compared
  }

  private has({ field, type }: Extract<Leaf, { kind: 'has' }>, negated: boolean): Sql {
    const { sql: column } = this.column(field, type)
    if (type === 'double') return negated ? sql`(${column} ${NOT_NAN}) IS NOT TRUE` : sql`${column} ${NOT_NAN}`
    return sql`${column} IS ${negated ? '' : 'NOT '}NULL`
  }
}

/**
 * A condition that is true in PostgreSQL for exactly the rows that the query matches at `now`, and false or NULL for all
 * others. It goes into WHERE as it is; its negation would not be the rows that are not matched. Everything a user wrote
 * is a parameter.
 * @param first number of the first parameter, where the condition becomes part of a larger statement
 * @throws TypeError if a field of the query has no column or one of another type, which is the caller's mistake
 */
export function toSql(query: Query, columns: Columns, now: Date, first = 1): SqlCondition {
  const { parts, values } = new Translation(columns, now.getTime()).node(query.normal)
  const text = parts.map((part, index) => (index === 0 ? part : `$${first + index - 1}${part}`)).join('')
  return { text, values, parts: Object.assign([...parts], { raw: parts }) }
}
