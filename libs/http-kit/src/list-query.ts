import { z } from 'zod'
import { asInteger, integerParameter } from './fields.js'

export interface SortTerm<Field extends string = string> {
  field: Field
  descending: boolean
}

const MAX_LIMIT = 200
const DEFAULT_LIMIT = 50
const MAX_CURSOR_LENGTH = 8_192

/**
 * The query of a list: `limit`, `cursor`, `sort` and the list's own filters. A filter that may be given several times is a
 * `z.array(…)`; one value then comes as a list of one.
 * @param defaultSort in the form of the parameter: `-requestedAt`
 */
export function listQuery<const Field extends string, Filters extends z.ZodRawShape = Record<never, never>>(options: {
  sorts: readonly Field[]
  defaultSort: NoInfer<Field | `-${Field}`>
  filters?: Filters
}) {
  const { sorts, defaultSort } = options
  const fields: ReadonlySet<string> = new Set(sorts)
  return z.strictObject({
    limit: integerParameter({ min: 1, max: MAX_LIMIT })
      .default(DEFAULT_LIMIT)
      .meta({
        description: 'How many at most.',
        override: ({ jsonSchema }) => asInteger(jsonSchema, { min: 1, max: MAX_LIMIT, default: DEFAULT_LIMIT }),
      }),
    cursor: z
      .string()
      .max(MAX_CURSOR_LENGTH)
      .optional()
      .meta({ description: '`nextCursor` of the page before, with the same `sort`.' }),
    sort: z
      .string()
      .max(500)
      .default(defaultSort)
      .transform((value, context): SortTerm<Field>[] => {
        const terms = value
          .split(',')
          .map((part) => ({ field: part.replace(/^-/, ''), descending: part.startsWith('-') }))
        const unknown = terms.find(({ field }) => !fields.has(field))
        if (unknown !== undefined) {
          context.addIssue({
            code: 'custom',
            message: `Must be of ${sorts.join(', ')}, each with an optional - before it.`,
          })
        } else if (new Set(terms.map(({ field }) => field)).size < terms.length) {
          context.addIssue({ code: 'custom', message: 'Names a field twice.' })
        }
        return terms as SortTerm<Field>[]
      })
      .meta({
        description: `Of ${sorts.map((field) => `\`${field}\``).join(', ')}; several with commas, descending with \`-\` before it. What is missing comes last.`,
        override: { type: 'string', default: defaultSort, example: defaultSort },
      }),
    ...(options.filters ?? ({} as Filters)),
  })
}

/** How many there are: exact up to the bound of counting. */
export interface BoundedCount {
  value: number
  exact: boolean
}

export const count = () => z.object({ value: z.int().min(0), exact: z.boolean() })

/** A list's answer. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), count: count() })

export interface List<T> {
  items: T[]
  nextCursor: string | null
  count: BoundedCount
}
