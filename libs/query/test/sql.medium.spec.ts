import {
  type Columns,
  compileQuery,
  evaluate,
  format,
  type InstanceColumns,
  type InstanceRow,
  instanceFields,
  toSql,
} from '@reprieve/query'
import { createDatabase, type TestDatabase } from '@reprieve/testing'
import fc from 'fast-check'
import { sql } from 'kysely'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatedQuery, IDS, instanceRow, NOW, rowOf } from './support/index.js'

const QUERIES = 700
const ROWS = 300

const TYPES = {
  string: 'text',
  'list of string': 'text[]',
  double: 'float8',
  int: 'int8',
  bool: 'boolean',
  timestamp: 'timestamptz',
} as const

const names = Object.keys(instanceFields).filter((name) => name !== 'now') as (keyof InstanceColumns)[]
const columns = Object.fromEntries(
  names.map((name) => [
    name,
    // As a service would have it: the id a uuid, some columns of a joined table, some computed.
    name === 'id'
      ? { sql: 'i.id', type: 'uuid' }
      : name === 'cvss'
        ? { sql: 'coalesce(v.cvss, NULL)', type: 'float8' }
        : { sql: `i."${name}"`, type: TYPES[instanceFields[name].type] },
  ]),
) as InstanceColumns

const compiled = (text: string) => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}\n${JSON.stringify(result.faults)}`)
  return result.query
}

describe('the condition in PostgreSQL', () => {
  let database: TestDatabase
  let pool: pg.Pool

  async function store(rows: readonly InstanceRow[]): Promise<void> {
    await pool.query('TRUNCATE instance, score')
    for (let from = 0; from < rows.length; from += 100) {
      const batch = rows.slice(from, from + 100)
      const width = names.length + 1
      const tuples = batch.map(
        (_, row) => `(${Array.from({ length: width }, (_, index) => `$${row * width + index + 1}`)})`,
      )
      const values = batch.flatMap((row, index) => [
        from + index,
        ...names.map((name) => (name === 'cvss' ? null : row[name])),
      ])
      const list = names.map((name) => (name === 'cvss' ? 'no_cvss' : `"${name}"`))
      await pool.query(`INSERT INTO instance (n, ${list}) VALUES ${tuples}`, values)
      await pool.query('INSERT INTO score SELECT * FROM unnest($1::int[], $2::float8[])', [
        batch.map((_, index) => from + index),
        batch.map((row) => row.cvss),
      ])
    }
    await pool.query('ANALYZE instance, score')
  }

  async function matched(text: string, from: Columns = columns): Promise<number[]> {
    const { text: condition, values } = toSql(compiled(text), from, NOW)
    const { rows } = await pool.query<{ n: number }>(
      `SELECT i.n FROM instance i JOIN score v USING (n) WHERE ${condition} ORDER BY n`,
      [...values],
    )
    return rows.map(({ n }) => n)
  }

  beforeAll(async () => {
    database = await createDatabase()
    pool = database.open().pool
    const list = names.map((name) => (name === 'cvss' ? 'no_cvss float8' : `"${name}" ${columns[name].type}`))
    await pool.query(`CREATE TABLE instance (n int PRIMARY KEY, ${list})`)
    await pool.query('CREATE TABLE score (n int PRIMARY KEY, cvss float8)')
  })

  afterAll(async () => {
    await database.drop()
  })

  it(`selects the rows the interpreter matches, on ${QUERIES * ROWS} random pairs`, async () => {
    const seed = Math.trunc(Math.random() * 2 ** 31)
    const rows = fc.sample(instanceRow, { numRuns: ROWS, seed })
    const queries = fc.sample(generatedQuery, { numRuns: QUERIES, seed })
    await store(rows)
    let found = 0
    for (const { text } of queries) {
      const query = compiled(text)
      const expected = rows.flatMap((row, index) => (evaluate(query, row, NOW) === true ? [index] : []))
      found += expected.length
      expect(await matched(text), `seed ${seed}: ${format(query)}`).toEqual(expected)
    }
    expect(found / (QUERIES * ROWS)).toBeGreaterThan(0.1)
  })

  it('holds for values that SQL could take for something else', async () => {
    await store([
      rowOf({
        title: '100%',
        id: IDS[2],
        'asset.tags': ['NULL', '{a,b}'],
        firstSeen: new Date('0001-01-01T00:00:00Z'),
      }),
      rowOf({
        title: '100x',
        'asset.tags': [null] as unknown as string[],
        firstSeen: new Date('9999-12-31T23:59:59.999Z'),
      }),
      rowOf({ title: 'a\\', cvss: Number.NaN, 'asset.tags': [] }),
      rowOf({ cvss: Number.POSITIVE_INFINITY }),
    ])
    expect(await matched('title.startsWith("100%")')).toEqual([0])
    expect(await matched('title.endsWith("\\\\")')).toEqual([2])
    expect(await matched('title in []')).toEqual([])
    expect(await matched('!(title in [])')).toEqual([0, 1, 2])
    expect(await matched('"NULL" in asset.tags && "{a,b}" in asset.tags')).toEqual([0])
    expect(await matched('asset.tags.exists(x, x != "a")')).toEqual([0])
    expect(await matched('!asset.tags.exists(x, x != "a")')).toEqual([1, 2])
    expect(await matched('cvss > 1.0 || cvss <= 1.0')).toEqual([3])
    expect(await matched('!has(cvss)')).toEqual([0, 1, 2])
  })

  it('compares an id as text though it is a uuid, so that what is none is no error', async () => {
    await store([rowOf({ id: IDS[2] }), rowOf()])
    expect(await matched(`id == "${IDS[2]}"`)).toEqual([0])
    expect(await matched(`id == "${IDS[2].toUpperCase()}"`)).toEqual([])
    expect(await matched(`id in ["no id", "${IDS[2]}", "${IDS[1]}"]`)).toEqual([0])
    expect(await matched('id == "no id"')).toEqual([])
    expect(await matched('id != "no id"')).toEqual([0])
    expect(await matched('id.startsWith("0198c0de-")')).toEqual([0])
  })

  it('takes thresholds of age that lie before and after every year PostgreSQL and RFC 3339 share', async () => {
    await store([rowOf({ firstSeen: new Date('0001-01-01T00:00:00Z') }), rowOf()])
    expect(await matched('now - firstSeen < duration("80000000h")')).toEqual([0])
    expect(await matched('now - firstSeen >= duration("80000000h")')).toEqual([])
    expect(await matched('now - firstSeen > duration("-80000000h")')).toEqual([0])
    expect(await matched('now - firstSeen == duration("-80000000h")')).toEqual([])
    expect(await matched('now - firstSeen != duration("80000000h")')).toEqual([0])
  })

  it('goes into a Kysely statement as it is', async () => {
    await store([rowOf({ severity: 'high', 'asset.tags': ['a'] }), rowOf({ severity: 'low' })])
    const condition = toSql(compiled('severity in ["high", "none"] && "a" in asset.tags'), columns, NOW)
    const where = sql<boolean>(condition.parts, ...condition.values)
    const found = await database
      .open<{ instance: { n: number } }>()
      .db.selectFrom('instance as i')
      .select('i.n')
      .where('i.n', '<', 10)
      .where(where)
      .execute()
    expect(found).toEqual([{ n: 0 }])
  })

  it('is served by indexes where a query is pinned: to an id or alias, a text of its beginning, a tag, an age', async () => {
    await store([])
    await pool.query(`INSERT INTO instance (n, vulnerability, aliases, "asset.tags", "asset.name", "firstSeen")
      SELECT n, 'CVE-' || n, ARRAY['GHSA-' || n], ARRAY['t' || n], 'host-' || n, timestamptz '2026-01-01' + n * interval '1 hour'
      FROM generate_series(1, 20000) n`)
    await pool.query(`CREATE INDEX ON instance (vulnerability);
      CREATE INDEX ON instance USING gin (aliases);
      CREATE INDEX ON instance USING gin ("asset.tags");
      CREATE INDEX ON instance ("asset.name" text_pattern_ops);
      CREATE INDEX ON instance ("firstSeen")`)
    await pool.query('VACUUM ANALYZE instance')
    for (const text of [
      'vulnerability == "GHSA-77"',
      'vulnerability in ["CVE-5", "GHSA-77"]',
      '"t5" in asset.tags',
      'asset.name.startsWith("host-1999")',
      'now - firstSeen > duration("1400h")',
    ]) {
      const { text: condition, values } = toSql(compiled(text), columns, NOW)
      const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT n FROM instance i WHERE ${condition}`,
        [...values],
      )
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan, text).toMatch(/Index/)
      expect(plan, text).not.toMatch(/Seq Scan/)
    }
  })
})
