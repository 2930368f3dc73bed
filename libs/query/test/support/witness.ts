import { celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { InstanceRow, Truth } from '@reprieve/query'

/** What is known of the row, as CEL's values. NaN is not known, by our definition. */
function bindings(row: InstanceRow): Record<string, unknown> {
  const known: Record<string, Record<string, unknown>> = { '': {}, asset: {}, component: {} }
  for (const [name, value] of Object.entries(row)) {
    if (value === null || Number.isNaN(value)) continue
    const dot = name.indexOf('.')
    const group = known[dot < 0 ? '' : name.slice(0, dot)]
    const converted = value instanceof Date ? timestampFromDate(value) : name === 'port' ? BigInt(Number(value)) : value
    if (group !== undefined) group[name.slice(dot + 1)] = converted
  }
  const { '': top, ...groups } = known
  return { ...top, ...groups }
}

const environment = celEnv()

/** Another CEL implementation's reading of an expression over `row` and `now`; its errors are unknown. */
export function witness(expression: string): (row: InstanceRow, now: Date) => Truth {
  const evaluate = plan(environment, parse(expression)) as (context: Record<string, unknown>) => unknown
  return (row, now) => {
    const value = evaluate({ row: bindings(row), now: timestampFromDate(now) })
    if (isCelError(value)) return 'unknown'
    if (typeof value !== 'boolean') throw new TypeError(`${expression} gave ${String(value)}, which is no truth value`)
    return value
  }
}
