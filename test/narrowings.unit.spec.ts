import { describe, expect, it } from 'vitest'
import { narrowings } from './support/upgrade/narrowings.js'
import type { Column, Schema } from './support/upgrade/schema.js'

const column = (changes: Partial<Column> = {}): Column => ({
  type: 'integer',
  nullable: false,
  filled: false,
  ...changes,
})
const check = (definition: string, columns: string[]) => ({ definition, columns })

const BEFORE: Schema = {
  rule: {
    columns: {
      id: column({ type: 'uuid' }),
      version: column(),
      name: column({ type: 'character varying(20)' }),
      note: column({ type: 'text', nullable: true, filled: true }),
      made_at: column({ type: 'timestamp with time zone', filled: true }),
    },
    rules: { rule_pkey: check('PRIMARY KEY (id)', ['id']), rule_version: check('CHECK (version > 0)', ['version']) },
  },
}

const changed = (change: (schema: Schema['rule'] & object, all: Schema) => void): string[] => {
  const after = structuredClone(BEFORE)
  change(after['rule'] as Schema['rule'] & object, after)
  return narrowings(BEFORE, after)
}

describe('the code of the version before goes on working on a schema', () => {
  it('that is the same, or has more tables', () => {
    expect(changed((_, all) => Object.assign(all, { other: { columns: { id: column() }, rules: {} } }))).toEqual([])
  })

  it('with columns that it need not fill, and what is asked of those alone', () => {
    expect(
      changed(({ columns, rules }) => {
        columns['more'] = column({ nullable: true, filled: true })
        columns['counted'] = column({ filled: true })
        rules['more_is_positive'] = check('CHECK (more > 0)', ['more'])
      }),
    ).toEqual([])
  })

  it('where a column takes more than before, or may be null', () => {
    expect(
      changed(({ columns }) => {
        columns['version'] = column({ type: 'bigint', nullable: true, filled: true })
        columns['name'] = column({ type: 'text' })
      }),
    ).toEqual([])
  })

  it('that asks less of it', () => {
    expect(changed(({ rules }) => void delete rules['rule_version'])).toEqual([])
  })
})

describe('it does not', () => {
  it.each<[string, Parameters<typeof changed>[0], string]>([
    ['where a table is gone', (_, all) => void delete all['rule'], 'rule is gone'],
    ['where a column is gone', ({ columns }) => void delete columns['note'], 'rule.note is gone'],
    [
      'where a column is of another type',
      ({ columns }) => void Object.assign(columns, { id: column({ type: 'text' }) }),
      'rule.id was uuid and is text',
    ],
    [
      'where a column takes less',
      ({ columns }) => void Object.assign(columns, { name: column({ type: 'character varying(10)' }) }),
      'rule.name was character varying(20) and is character varying(10)',
    ],
    [
      'where a number is narrower',
      ({ columns }) => void Object.assign(columns, { version: column({ type: 'smallint' }) }),
      'rule.version was integer and is smallint',
    ],
    [
      'where a column that could be null cannot any more',
      ({ columns }) => void Object.assign(columns, { note: column({ type: 'text', filled: true }) }),
      'rule.note could be null',
    ],
    [
      'where a default is gone',
      ({ columns }) => void Object.assign(columns, { made_at: column({ type: 'timestamp with time zone' }) }),
      'rule.made_at could be left out',
    ],
    [
      'where a new column has to be filled',
      ({ columns }) => void Object.assign(columns, { more: column() }),
      'rule.more is new, not null and without a default',
    ],
    [
      'where rows are refused that were not',
      ({ rules }) => void Object.assign(rules, { one_name: check('UNIQUE (name)', ['name']) }),
      'rule: one_name is new: UNIQUE (name)',
    ],
    [
      'where a check asks for something else',
      ({ rules }) => void Object.assign(rules, { rule_version: check('CHECK (version > 1)', ['version']) }),
      'rule: rule_version was CHECK (version > 0) and is CHECK (version > 1)',
    ],
  ])('%s', (_, change, told) => {
    expect(changed(change)).toEqual([told])
  })
})
