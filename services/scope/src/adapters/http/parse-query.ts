import { Problem } from '@reprieve/http-kit'
import { compileQuery, type Query } from '@reprieve/query'

/**
 * A query that somebody wrote, checked.
 * @param pointer where it stands: `/expression` in a body, or a parameter's name
 * @throws Problem QUERY_INVALID with line and column of every fault
 */
export function parseQuery(text: string, pointer: string, parameter?: string): Query {
  const compiled = compileQuery(text)
  if (compiled.ok) return compiled.query
  throw new Problem('QUERY_INVALID', compiled.faults[0]?.message ?? 'The query cannot be read.', {
    errors: compiled.faults.map(({ message, line, column }) => ({
      pointer,
      detail: message,
      line,
      column,
      ...(parameter === undefined ? {} : { parameter }),
    })),
  })
}
