import type { components } from './schema.gen.js'

export type ProblemBody = components['schemas']['Problem']
export type ProblemCode = ProblemBody['code']

/** What the API refused with, as it told it: `detail` is for people and can be shown as it is. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: ProblemCode | 'UNREACHABLE'
  readonly title: string
  readonly detail: string
  readonly errors: NonNullable<ProblemBody['errors']>
  readonly traceId: string | null

  constructor(body: Partial<ProblemBody> & { status: number }) {
    super(body.detail ?? body.title ?? `The answer was ${body.status}.`)
    this.status = body.status
    this.code = body.code ?? 'UNREACHABLE'
    this.title = body.title ?? 'Something went wrong'
    this.detail = this.message
    this.errors = body.errors ?? []
    this.traceId = body.traceId ?? null
  }

  /** Whether asking again, unchanged, can help. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/** The words to show for whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiProblem) return error.detail
  return error instanceof Error ? error.message : 'Something went wrong.'
}

/**
 * The field of a form that a JSON pointer means: `/expiration/days` is `expiration.days`, as Mantine's forms name fields.
 * @param aliases pointers (or beginnings of them) whose field has another name in the form
 */
export function fieldOf(pointer: string, aliases: Readonly<Record<string, string>> = {}): string {
  for (const [from, to] of Object.entries(aliases)) {
    if (pointer === from || pointer.startsWith(`${from}/`)) return to
  }
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
}

/**
 * What a refusal says of a form: by field what belongs to a field that it has, and the rest as one text for its top.
 * @param fields the form's fields; a fault of something inside of one belongs to it
 */
export function formFaults(
  error: unknown,
  fields: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): { fields: Record<string, string>; rest: string | null } {
  if (!(error instanceof ApiProblem)) return { fields: {}, rest: messageOf(error) }
  const found: Record<string, string> = {}
  const others: string[] = []
  for (const { pointer, detail } of error.errors) {
    const path = fieldOf(pointer, aliases)
    const field = fields.find((name) => path === name || path.startsWith(`${name}.`))
    if (field === undefined) others.push(detail)
    else found[field] = field in found ? `${found[field]} ${detail}` : detail
  }
  if (error.errors.length === 0) others.push(error.detail)
  return { fields: found, rest: others.length === 0 ? null : others.join(' ') }
}
