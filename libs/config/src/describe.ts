import type { z } from 'zod'
import { resolve } from './traits.js'

export interface Variable {
  name: string
  /** The schema's `.describe(…)`. */
  meaning: string
  /** `must be …` */
  expects: string
  required: boolean
  secret: boolean
  /** As it would be written in the environment; null where there is none. */
  fallback: string | null
}

/** What a service can be told by its environment, in the order of the schema. */
export function variables(schema: z.ZodObject): Variable[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { traits, description, optional, fallback } = resolve(field)
    return {
      name,
      meaning: description,
      expects: traits?.expects ?? '',
      required: !optional && fallback === undefined,
      secret: traits?.secret ?? false,
      fallback: fallback === undefined ? null : (traits?.write ?? String)(fallback.value),
    }
  })
}

/** The same as a Markdown table for a README: name, meaning, default. */
export function describe(schema: z.ZodObject): string {
  const cell = (content: string): string => content.replaceAll('|', '\\|').replaceAll('\n', ' ')
  const rows = variables(schema).map(({ name, meaning, required, secret, fallback }) => {
    const names = secret ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``
    const ending = required ? 'required' : fallback === null || fallback === '' ? '–' : `\`${cell(fallback)}\``
    return `| ${names} | ${cell(meaning)} | ${ending} |`
  })
  return ['| name | meaning | default |', '| --- | --- | --- |', ...rows].join('\n')
}
