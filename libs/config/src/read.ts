import { closeSync, openSync, readSync } from 'node:fs'
import type { z } from 'zod'
import { ConfigFault, type Fault } from './fault.js'
import { type Resolved, resolve } from './traits.js'

export type Environment = Readonly<Record<string, string | undefined>>

const MAX_FILE_BYTES = 64 * 1024

/**
 * Reads the variables that `schema` names, each once. A variable set to nothing counts as not set. A secret can be given
 * as a file instead: `NAME_FILE` holds its path, and the last line break is not part of it.
 * @param schema a zod object: name of the variable → schema (see `variables.ts`)
 * @returns the typed values under the variables' names
 * @throws ConfigFault with every fault there is; it names variables and never shows a value
 */
export function readConfig<S extends z.ZodObject>(schema: S, environment: Environment): z.output<S> {
  checkDeclaration(schema)
  const faults: Fault[] = []
  const given: Record<string, string> = {}
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = lookUp(name, resolve(field), environment, faults)
    if (value !== undefined) given[name] = value
  }
  const faulty = new Set(faults.map((fault) => fault.name.replace(/_FILE$/, '')))
  const result = schema.safeParse(given)
  if (result.success && faults.length === 0) return result.data
  for (const issue of result.error?.issues ?? []) {
    const name = String(issue.path[0] ?? 'The configuration')
    // One fault a variable: the first tells what would be right.
    if (faulty.has(name)) continue
    faulty.add(name)
    const field = schema.shape[name]
    faults.push({ name, detail: detail(issue, field && resolve(field), given[name]) })
  }
  throw new ConfigFault(faults)
}

function lookUp(name: string, about: Resolved, environment: Environment, faults: Fault[]): string | undefined {
  const value = environment[name] || undefined
  const path = about.traits?.secret ? environment[`${name}_FILE`] || undefined : undefined
  if (path === undefined) return value
  if (value !== undefined) {
    faults.push({ name, detail: `and ${name}_FILE are both set: give one of them` })
    return undefined
  }
  try {
    const content = readBounded(path)
    if (content !== '') return content
    faults.push({ name: `${name}_FILE`, detail: 'names a file that is empty' })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    faults.push({ name: `${name}_FILE`, detail: `must name a file that can be read (${code})` })
  }
  return undefined
}

function readBounded(path: string): string {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1)
    let length = 0
    // A pipe or a mounted secret can come in pieces.
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(file, buffer, length, buffer.length - length, null)
    }
    if (length > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} bytes`)
    return buffer.toString('utf8', 0, length).replace(/\r?\n$/, '')
  } finally {
    closeSync(file)
  }
}

function detail(issue: z.core.$ZodIssue, about: Resolved | undefined, value: string | undefined): string {
  const expects = about?.traits?.expects ?? expectation(issue, value)
  if (value !== undefined || about === undefined) return expects
  return `is missing: it ${expects}`
}

/** For schemas that say nothing of themselves. */
function expectation(issue: z.core.$ZodIssue, value: string | undefined): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be of type ${issue.expected}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `must be at least ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    case 'invalid_format':
      return `must have the form ${issue.format}`
    case 'custom':
      // Its author's words; they might quote what was given.
      return value !== undefined && issue.message.includes(value) ? 'is not valid' : issue.message
    default:
      return 'is not valid'
  }
}

/** Faults of the code, not of the configuration: they show in the first test that reads it. */
function checkDeclaration(schema: z.ZodObject): void {
  for (const [name, field] of Object.entries(schema.shape)) {
    const { traits, fallback } = resolve(field)
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new TypeError(`${name}: a variable is named in UPPER_SNAKE_CASE`)
    if (traits?.secret && fallback !== undefined) throw new TypeError(`${name}: a secret has no default`)
    if (traits?.suffixes !== undefined && !traits.suffixes.some((suffix) => name.endsWith(suffix))) {
      throw new TypeError(`${name}: the name must end in its unit, ${traits.suffixes.join(' or ')}`)
    }
  }
}
