import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, expect, describe as group, it } from 'vitest'
import { z } from 'zod'
import {
  bytes,
  ConfigFault,
  describe,
  flag,
  integer,
  list,
  milliseconds,
  oneOf,
  readConfig,
  Secret,
  secret,
  secretUrl,
  text,
  url,
} from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'config-spec-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const schema = z.object({
  PORT: integer({ min: 1, max: 65_535 }).default(8080).describe('Where it listens.'),
  DATABASE_URL: secretUrl('postgres:', 'postgresql:').describe('Its database.'),
  API_KEY: secret({ minLength: 16 }).describe('Key of a neighbour.'),
  PUBLIC_URL: url('https:', 'http:').describe('What people see.'),
  SWEEP_INTERVAL_MS: milliseconds({ min: 10, max: 60_000 }).default(250).describe('Between two looks.'),
  BODY_LIMIT_BYTES: bytes({ max: 1_048_576 }).default(65_536).describe('Most | of a body.'),
  HOSTS: list(text({ max: 100 }))
    .optional()
    .describe('Allowed hosts.'),
  LEVEL: oneOf('debug', 'info').default('info').describe('What is logged.'),
  DEMO: flag().default(false).describe('With a demo company.'),
})

const right = {
  DATABASE_URL: 'postgres://me:hunter2@db/reprieve',
  API_KEY: 'abcdefghijklmnop',
  PUBLIC_URL: 'https://reprieve.example/base/',
}

const faultsOf = (read: () => unknown): ConfigFault => {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigFault) return error
    throw error
  }
  throw new Error('it was accepted')
}

group('readConfig', () => {
  it('gives typed values and defaults', () => {
    const config = readConfig(schema, { ...right, PORT: '9000', HOSTS: 'a.example, b.example', DEMO: 'TRUE' })
    expect(config).toMatchObject({
      PORT: 9000,
      PUBLIC_URL: 'https://reprieve.example/base',
      SWEEP_INTERVAL_MS: 250,
      BODY_LIMIT_BYTES: 65_536,
      HOSTS: ['a.example', 'b.example'],
      LEVEL: 'info',
      DEMO: true,
    })
    expect(config.DATABASE_URL.reveal()).toBe(right.DATABASE_URL)
    expect(config.API_KEY.reveal()).toBe(right.API_KEY)
  })

  it('reports every fault in one error, and never shows a value', () => {
    const wrong = {
      PORT: '70000',
      DATABASE_URL: 'mysql://me:hunter2@db/reprieve',
      API_KEY: 'tooShort',
      PUBLIC_URL: 'https://user:hunter3@reprieve.example',
      SWEEP_INTERVAL_MS: '60001',
      BODY_LIMIT_BYTES: '12kB',
      HOSTS: 'a.example,,secretHost',
      LEVEL: 'loud',
      DEMO: 'perhaps',
    }
    const fault = faultsOf(() => readConfig(schema, wrong))
    expect(fault.faults.map(({ name }) => name)).toEqual(Object.keys(wrong))
    const shown = `${fault.message} ${inspect(fault, { depth: 10 })} ${JSON.stringify(fault)}`
    for (const value of Object.values(wrong)) expect(shown).not.toContain(value)
    for (const part of ['hunter2', 'hunter3', 'secretHost']) expect(shown).not.toContain(part)
    expect(fault.message).toContain('PORT must be a whole number from 1 to 65535')
    expect(fault.message).toContain('SWEEP_INTERVAL_MS must be a whole number of milliseconds from 10 to 60000')
    expect(fault.message).toContain('LEVEL must be one of debug, info')
  })

  it('says what a missing variable must be, and counts an empty one as missing', () => {
    const fault = faultsOf(() => readConfig(schema, { ...right, DATABASE_URL: '', API_KEY: undefined }))
    expect(fault.message).toBe(
      'The configuration has 2 faults:\n' +
        '  DATABASE_URL is missing: it must be an address beginning with postgres:// or postgresql://\n' +
        '  API_KEY is missing: it must have 16 to 4096 characters',
    )
  })

  it('reads a secret from the file that NAME_FILE names, without its last line break', () => {
    const path = file('key', 'from a file, with spaces \n')
    const config = readConfig(schema, { ...right, API_KEY: undefined, API_KEY_FILE: path })
    expect(config.API_KEY.reveal()).toBe('from a file, with spaces ')
  })

  it.each([
    ['absent', () => join(folder, 'absent'), 'API_KEY_FILE must name a file that can be read (ENOENT)'],
    ['empty', () => file('empty', '\n'), 'API_KEY_FILE names a file that is empty'],
    [
      'huge',
      () => file('huge', 'x'.repeat(70_000)),
      'API_KEY_FILE must name a file that can be read (larger than 65536 bytes)',
    ],
    ['a folder', () => folder, 'API_KEY_FILE must name a file that can be read (EISDIR)'],
  ])('refuses a secret file that is %s, and does not also call the secret missing', (_, path, message) => {
    const fault = faultsOf(() => readConfig(schema, { ...right, API_KEY: undefined, API_KEY_FILE: path() }))
    expect(fault.message).toBe(`The configuration has a fault:\n  ${message}`)
  })

  it('refuses a secret that is given twice', () => {
    const fault = faultsOf(() => readConfig(schema, { ...right, API_KEY_FILE: file('twice', 'x') }))
    expect(fault.faults).toEqual([{ name: 'API_KEY', detail: 'and API_KEY_FILE are both set: give one of them' }])
  })

  it('reads files for secrets only', () => {
    expect(readConfig(schema, { ...right, PORT_FILE: '/absent' }).PORT).toBe(8080)
  })

  it('does not repeat a value that an author of a refinement quotes', () => {
    const quoting = z.object({ NAME: z.string().refine(() => false, { error: ({ input }) => `${input} is no name` }) })
    expect(faultsOf(() => readConfig(quoting, { NAME: 'hunter2' })).message).not.toContain('hunter2')
  })

  it('tells of plain zod schemas what they expect', () => {
    const plain = z.object({ A: z.enum(['x', 'y']), B: z.coerce.number().max(3), C: z.string().min(4) })
    expect(faultsOf(() => readConfig(plain, { A: 'q', B: '9', C: 'ccc' })).faults.map(({ detail }) => detail)).toEqual([
      'must be one of x, y',
      'must be at most 3',
      'must be at least 4',
    ])
  })

  it.each([
    [
      'a secret with a default',
      z.object({
        KEY: secret().default(new Secret('x')),
      }),
      'KEY: a secret has no default',
    ],
    [
      'a duration whose name does not say its unit',
      z.object({ WAIT: milliseconds({}) }),
      'WAIT: the name must end in its unit, _MS',
    ],
    ['a name in another spelling', z.object({ waitMs: integer() }), 'waitMs: a variable is named in UPPER_SNAKE_CASE'],
  ])('does not accept %s from a programmer', (_, declared, message) => {
    expect(() => readConfig(declared as z.ZodObject, {})).toThrow(new TypeError(message))
  })
})

group('Secret', () => {
  it('shows itself in no text, JSON or inspection', () => {
    const { API_KEY } = readConfig(schema, right)
    for (const shown of [
      `${API_KEY}`,
      JSON.stringify({ API_KEY }),
      inspect({ API_KEY }, { showHidden: true, depth: 5 }),
    ]) {
      expect(shown).not.toContain(right.API_KEY)
      expect(shown).toContain('[secret]')
    }
  })
})

group('describe', () => {
  it('makes the table of a README', () => {
    expect(describe(schema).split('\n')).toEqual([
      '| name | meaning | default |',
      '| --- | --- | --- |',
      '| `PORT` | Where it listens. | `8080` |',
      '| `DATABASE_URL` or `DATABASE_URL_FILE` | Its database. | required |',
      '| `API_KEY` or `API_KEY_FILE` | Key of a neighbour. | required |',
      '| `PUBLIC_URL` | What people see. | required |',
      '| `SWEEP_INTERVAL_MS` | Between two looks. | `250` |',
      '| `BODY_LIMIT_BYTES` | Most \\| of a body. | `65536` |',
      '| `HOSTS` | Allowed hosts. | – |',
      '| `LEVEL` | What is logged. | `info` |',
      '| `DEMO` | With a demo company. | `false` |',
    ])
  })
})
