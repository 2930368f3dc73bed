import { describe, expect, it } from 'vitest'
import { NOW } from '../test/support/index.js'
import { compileQuery } from './compile.js'
import { type Columns, toSql } from './sql.js'

const compiled = (text: string) => {
  const result = compileQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.faults[0]?.message}`)
  return result.query
}

const columns: Columns = {
  id: { sql: 'i.id', type: 'uuid' },
  vulnerability: { sql: 'i.vulnerability', type: 'text' },
  aliases: { sql: 'i.aliases', type: 'text[]' },
  severity: { sql: 'i.severity', type: 'text' },
  cvss: { sql: 'coalesce(v.cvss, i.cvss)', type: 'float8' },
  port: { sql: 'i.port', type: 'int8' },
  kev: { sql: 'i.kev', type: 'boolean' },
  firstSeen: { sql: 'i.first_seen', type: 'timestamptz' },
}

const translated = (text: string, first?: number) => toSql(compiled(text), columns, NOW, first)

describe('the translation to SQL', () => {
  it('has every value of the user as a parameter and none in its text', () => {
    const hostile = `'); DROP TABLE instance; -- $1 \\"`
    const { text, values } = translated(
      `severity.startsWith(${JSON.stringify(hostile)}) || vulnerability in [${JSON.stringify(hostile)}, "b"] || aliases.exists(x, x != ${JSON.stringify(hostile)})`,
    )
    expect(text).not.toContain('DROP')
    expect(values).toHaveLength(4)
    expect(JSON.stringify(values)).toContain('DROP')
  })

  it('numbers its parameters from where it is told, and gives the text around them', () => {
    const { text, values, parts } = translated('severity == "high" && cvss > 7', 5)
    expect(text).toBe(
      `(((i.severity) = $5::text) AND ((coalesce(v.cvss, i.cvss)) > $6::float8 AND (coalesce(v.cvss, i.cvss)) < 'NaN'::float8))`,
    )
    expect(values).toEqual(['high', 7])
    expect(parts).toHaveLength(3)
    expect(parts.join('?')).toBe(text.replace(/\$\d/g, '?'))
  })

  it('compares the age of an instance by its time, so that an index on it serves', () => {
    const { text, values } = translated('now - firstSeen > duration("720h")')
    expect(text).toBe('((i.first_seen) < $1::timestamptz)')
    expect(values).toEqual(['2026-01-30T12:00:00.000Z'])
  })

  it('asks the ids of a vulnerability in both places', () => {
    expect(translated('vulnerability == "CVE-1"').text).toBe(
      '((i.vulnerability) = $1::text OR (i.aliases) && $2::text[])',
    )
    expect(translated('vulnerability != "CVE-1"').text).toBe(
      '((i.vulnerability) <> $1::text AND NOT ((i.aliases) && $2::text[]))',
    )
  })

  it('has no part left for tests of the clock alone', () => {
    expect(translated('now > timestamp("2020-01-01T00:00:00Z") || kev')).toMatchObject({
      text: '((TRUE) OR ((i.kev)))',
      values: [],
    })
  })

  it('refuses a field without a column and a column of another type, as mistakes of the caller', () => {
    expect(() => translated('title == "a"')).toThrow(TypeError)
    expect(() => toSql(compiled('kev'), { kev: { sql: 'k', type: 'text' } }, NOW)).toThrow('The column of kev is text')
    expect(() => toSql(compiled('kev'), Object.create({ kev: { sql: 'k', type: 'boolean' } }), NOW)).toThrow(
      'No column is given',
    )
  })
})
