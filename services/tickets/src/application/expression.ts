import { Problem } from '@reprieve/http-kit'
import { compileQuery } from '@reprieve/query'

/** @throws Problem QUERY_INVALID, every fault with its line and column */
export function refuseInvalid(expression: string, pointer: string): void {
  const compiled = compileQuery(expression)
  if (compiled.ok) return
  const errors = compiled.faults.map(({ message, line, column }) => ({ pointer, detail: message, line, column }))
  throw new Problem('QUERY_INVALID', errors[0]?.detail ?? 'The query is wrong.', { errors })
}
