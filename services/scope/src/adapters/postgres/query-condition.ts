import { isConjunction, literalsOf, type Query, toSql } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import { INSTANCE_COLUMNS } from './instance-columns.js'

/** A query as a condition of a statement over `i`, `a` and `v`. Everything a user wrote is a parameter. */
export function queryCondition(query: Query, now: Date): RawBuilder<boolean> {
  const { parts, values } = toSql(query, INSTANCE_COLUMNS, now)
  // The pieces are those of a tagged template: fixed text, with a parameter between each two.
  return sql<boolean>(parts as unknown as TemplateStringsArray, ...values)
}

/** Which of a query's literals hold, by their place in it; NULL where it leaves no choice. For instances that it selects. */
export function heldExpression(query: Query, now: Date): RawBuilder<number[] | null> {
  if (isConjunction(query)) return sql`NULL::int2[]`
  const literals = literalsOf(query).map(
    (literal, index) =>
      sql`CASE WHEN ${queryCondition({ ...query, normal: literal }, now)} THEN ${sql.lit(index)}::int2 END`,
  )
  return sql`array_remove(ARRAY[${sql.join(literals)}], NULL)`
}
