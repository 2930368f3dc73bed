import { createDatabase, type TestDatabase } from '@reprieve/testing'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binaryArray, type ElementType } from '../src/index.js'

const text = fc.string({ unit: 'binary' }).map((made) => made.replaceAll('\0', '').toWellFormed())
const instant = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
const VALUES: Readonly<Record<ElementType, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int2: fc.integer({ min: -32_768, max: 32_767 }),
  int4: fc.integer(),
  int8: fc.oneof(fc.maxSafeInteger(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  // The driver's text knows no −0.
  float8: fc.double().map((value) => value + 0),
  text,
  uuid: fc.uuid(),
  json: fc.json(),
  jsonb: fc.json(),
  timestamptz: fc.oneof(
    instant,
    instant.map((date) => date.getTime()),
  ),
  bytea: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
}

describe('a list in binary form', () => {
  let database: TestDatabase
  let client: pg.Client

  beforeAll(async () => {
    database = await createDatabase()
    client = new pg.Client(database.url)
    await client.connect()
  })

  afterAll(async () => {
    await client.end()
    await database.drop()
  })

  it.each(Object.keys(VALUES) as ElementType[])('of %s is the same as one in the driver’s text', async (type) => {
    const lists = fc.array(fc.option(VALUES[type]), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(lists, async (values) => {
        const asText = values.map((value) =>
          typeof value === 'number' && type === 'timestamptz' ? new Date(value).toISOString() : value,
        )
        // Distinct, so that NaN equals NaN; −0 and 0 are told apart by their text.
        const { rows } = await client.query<{ same: boolean; texts: boolean }>(
          // Of json nothing is equal but its text.
          `SELECT ${type === 'json' ? 'true' : `$1::${type}[] IS NOT DISTINCT FROM $2::${type}[]`} AS same,
             $1::${type}[]::text = $2::${type}[]::text AS texts`,
          [binaryArray(type, values), asText],
        )
        expect(rows).toEqual([{ same: true, texts: true }])
      }),
      { numRuns: 60 },
    )
  })

  it('refuses what the column could not hold exactly', () => {
    expect(() => binaryArray('int8', [2 ** 53])).toThrow(RangeError)
    expect(() => binaryArray('int8', [1.5])).toThrow(RangeError)
    expect(() => binaryArray('int2', [40_000])).toThrow(RangeError)
    expect(() => binaryArray('int4', [2 ** 31])).toThrow(RangeError)
    expect(() => binaryArray('uuid', ['0198c0de-0000-7000-8000'])).toThrow(RangeError)
    expect(() => binaryArray('uuid', ['0198c0de-0000-7000-8000-00000000000g'])).toThrow(RangeError)
    expect(() => binaryArray('timestamptz', [new Date(Number.NaN)])).toThrow(RangeError)
  })
})
