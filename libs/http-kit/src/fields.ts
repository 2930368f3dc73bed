import { z } from 'zod'

/** Bounds of texts, in characters: the same in every route. */
export const TEXT_LIMITS = {
  name: 200,
  justification: 10_000,
  comment: 4_000,
  instructions: 4_000,
  link: 2_000,
  query: 65_536,
} as const

/** Text that somebody has to write: trimmed, not empty, bounded. */
export const text = (maxLength: number) => z.string().trim().min(1).max(maxLength)

/** Text that may be left empty: trimmed, bounded. */
export const optionalText = (maxLength: number) => z.string().trim().max(maxLength)

export const nameText = () => text(TEXT_LIMITS.name)

/** The id of anything. Lower case, as PostgreSQL writes it: one id is one text, however it was typed. */
export const id = () => z.uuid().toLowerCase()

/** An instant, RFC 3339 in UTC. Stays text; `new Date` reads it. */
export const instant = () => z.iso.datetime()

/** A day, `YYYY-MM-DD`. */
export const day = () => z.iso.date()

/** An address that opens in a browser; nothing else may become a link on a page (`javascript:` does). */
export const link = () =>
  z
    .string()
    .trim()
    .max(TEXT_LIMITS.link)
    .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
      error: 'Must be a link that starts with http:// or https://.',
    })
    .meta({ format: 'uri' })

/** A whole number in a query string. */
export const integerParameter = (bounds: { min: number; max: number }) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'Must be a whole number.')
    .transform(Number)
    .pipe(z.int().min(bounds.min).max(bounds.max))
    .meta({ override: ({ jsonSchema }) => asInteger(jsonSchema, bounds) })

/** Tells of a whole number in a query string as the number that it stands for. */
export function asInteger(schema: object, bounds: { min: number; max: number; default?: number }): void {
  const { min, max, ...rest } = bounds
  Object.assign(schema, { type: 'integer', minimum: min, maximum: max, ...rest })
  Reflect.deleteProperty(schema, 'pattern')
}

/** `true` or `false` in a query string. */
export const booleanParameter = () =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .meta({
      override: ({ jsonSchema }) => {
        // Its values are told as what they stand for.
        Reflect.deleteProperty(jsonSchema, 'enum')
        Object.assign(jsonSchema, { type: 'boolean' })
      },
    })

/** Someone, as an answer names them. */
export const personName = () => z.object({ id: id(), name: z.string() })
