import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { day, id, instant, link, text } from './fields.js'
import { validate } from './validation.js'

const errorsOf = (schema: z.ZodType, value: unknown) => {
  const result = validate(schema, value)
  return result.ok ? [] : result.errors
}
const detailOf = (schema: z.ZodType, value: unknown) => errorsOf(schema, value)[0]?.detail

describe('what is wrong is told in words', () => {
  it.each([
    [z.string(), undefined, 'This is required.'],
    [z.string(), 7, 'Must be text.'],
    [z.string(), null, 'Must be text.'],
    [z.number(), '7', 'Must be a number.'],
    [z.int(), 7.5, 'Must be a whole number.'],
    [z.boolean(), 'yes', 'Must be true or false.'],
    [z.array(z.string()), {}, 'Must be a list.'],
    [z.object({}), [], 'Must be an object.'],
    [z.literal(true), false, 'Must be true.'],
    [z.literal(true), undefined, 'This is required.'],
    [z.enum(['a', 'b', 'c']), 'd', 'Must be a, b or c.'],
    [text(5), '   ', 'Must not be empty.'],
    [text(5), 'too long', 'Must have at most 5 characters.'],
    [z.string().min(12), 'short', 'Must have at least 12 characters.'],
    [z.array(z.string()).min(1), [], 'Must have at least 1 entry.'],
    [z.array(z.string()).max(2), ['a', 'b', 'c'], 'Must have at most 2 entries.'],
    [z.number().min(1), 0, 'Must be at least 1.'],
    [z.number().positive(), 0, 'Must be more than 0.'],
    [z.number().max(10), 11, 'Must be at most 10.'],
    [z.number().lt(10), 10, 'Must be less than 10.'],
    [z.number().multipleOf(5), 7, 'Must be a multiple of 5.'],
    [id(), 'x', 'Must be an id (a UUID).'],
    [z.email(), 'x', 'Must be an email address.'],
    [day(), '2026-02-30', 'Must be a day such as 2026-01-31.'],
    [instant(), '2026-01-01', 'Must be a time in UTC such as 2026-01-31T12:00:00Z.'],
    [instant(), '2026-01-01T00:00:00+02:00', 'Must be a time in UTC such as 2026-01-31T12:00:00Z.'],
    [link(), 'javascript:alert(1)', 'Must be a link that starts with http:// or https://.'],
    [z.string().regex(/x/), 'y', 'Must be in the expected form.'],
    [z.string().refine(() => false), 'x', 'Is not valid.'],
    [z.string().refine(() => false, 'Must be ours.'), 'x', 'Must be ours.'],
    [z.union([z.string(), z.number()]), true, 'Is none of the forms that are taken here.'],
  ])('%#', (schema, value, detail) => {
    expect(detailOf(schema, value)).toBe(detail)
  })
})

describe('a pointer', () => {
  it('leads to the place, with its special characters escaped', () => {
    const schema = z.record(z.string(), z.array(z.object({ x: z.int() })))
    expect(errorsOf(schema, { 'a/b~c': [{ x: 1 }, { x: 'y' }] })).toEqual([
      { pointer: '/a~1b~0c/1/x', detail: 'Must be a number.' },
    ])
  })

  it('to a member that nobody knows names it', () => {
    expect(errorsOf(z.strictObject({ a: z.object({}) }), { a: {}, b: 1, c: 2 })).toEqual([
      { pointer: '/b', detail: 'There is no such field.' },
      { pointer: '/c', detail: 'There is no such field.' },
    ])
  })

  it('into one of several forms is that of the form it was meant to be', () => {
    const never = z.object({ type: z.literal('never') })
    const days = z.object({ type: z.literal('days'), days: z.int().min(1) })
    const told = z.discriminatedUnion('type', [never, days])
    expect(errorsOf(told, { type: 'days', days: 0 })).toEqual([{ pointer: '/days', detail: 'Must be at least 1.' }])
    expect(errorsOf(told, { type: 'other' })).toEqual([expect.objectContaining({ pointer: '/type' })])
    const untold = z.union([z.object({ queryId: id() }), z.object({ expression: z.string(), name: z.string() })])
    expect(errorsOf(untold, { queryId: 'x' })).toEqual([{ pointer: '/queryId', detail: 'Must be an id (a UUID).' }])
  })
})
