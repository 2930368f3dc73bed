import { z } from 'zod'

/** What a variable's schema says beside what it accepts. */
export interface Traits {
  /** Follows the name in a fault: `must be …`. */
  expects: string
  /** Has no default, and can be given as a file: `NAME_FILE`. */
  secret?: boolean
  /** The name must end in one of these, so that a number says what it counts. */
  suffixes?: readonly string[]
  /** How a default is written in the environment. */
  write?: (value: unknown) => string
}

export const traits = z.registry<Traits>()

export interface Resolved {
  traits: Traits | undefined
  description: string
  optional: boolean
  /** Undefined where there is none. */
  fallback: { value: unknown } | undefined
}

/** Looks through the wrappers (`.optional()`, `.default()`, …) around a variable's schema. */
export function resolve(schema: z.core.$ZodType): Resolved {
  let inner: z.core.$ZodType = schema
  let description = ''
  let optional = false
  let fallback: Resolved['fallback']
  for (;;) {
    description ||= z.globalRegistry.get(inner)?.description ?? ''
    const found = traits.get(inner)
    if (found !== undefined) return { traits: found, description, optional, fallback }
    const def = (inner as z.core.$ZodTypes)._zod.def
    if (def.type === 'optional' || def.type === 'nullable') optional = true
    if (def.type === 'default' || def.type === 'prefault') fallback ??= { value: def.defaultValue }
    // A refinement or transformation behind a variable (`.pipe`, `.transform`) keeps what the variable says of itself.
    if (def.type === 'pipe') inner = def.in
    else if ('innerType' in def) inner = def.innerType
    else return { traits: undefined, description, optional, fallback }
  }
}
