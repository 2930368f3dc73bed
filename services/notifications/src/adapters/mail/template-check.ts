import Handlebars from 'handlebars'
import { TEMPLATE_FIELDS } from './template-fields.js'

/** What is wrong in a template and where, counted from 1. */
export interface TemplateFaultAt {
  line: number
  column: number
  detail: string
}

export type TemplateForm = 'text' | 'html'

const FIELDS = new Map(TEMPLATE_FIELDS.map(({ name, type }) => [name, type]))
const BLOCKS: ReadonlySet<string> = new Set(['if', 'unless', 'each'])
const MAX_DEPTH = 8
const MAX_FAULTS = 20

// Escaping keeps a value from ending an attribute, and not from being a `javascript:` address: addresses are the product's own.
const BEFORE_ADDRESS = /\b(?:href|src|action|background|formaction|srcset)\s*=\s*["']?[^"'<>]*$/i
const ADDRESSES: ReadonlySet<string> = new Set(['link', 'home'])
// Within these, HTML's escaping does not keep a value in its place.
const RAW_ELEMENT = /<\s*(script|style|iframe|object|embed|form|base|meta|link)\b/i
const HANDLER = /<[^>]*\son[a-z]+\s*=/i

/**
 * What a person may write as a template: the fields there are, `{{#if}}`, `{{#unless}}` and `{{#each}}`, and nothing that runs, includes
 * or leaves a value unescaped.
 */
export function templateFaults(source: string, form: TemplateForm): TemplateFaultAt[] {
  let program: hbs.AST.Program
  try {
    program = Handlebars.parse(source)
  } catch (error) {
    return [syntaxFault(source, error as Error)]
  }
  const check = new Check(form)
  check.program(program, { inEach: false, depth: 0 })
  return check.faults.slice(0, MAX_FAULTS)
}

interface Place {
  inEach: boolean
  depth: number
}

class Check {
  readonly faults: TemplateFaultAt[] = []
  readonly #form: TemplateForm
  #before = ''

  constructor(form: TemplateForm) {
    this.#form = form
  }

  program({ body }: hbs.AST.Program, place: Place): void {
    for (const statement of body) this.#statement(statement, place)
  }

  #statement(statement: hbs.AST.Statement, place: Place): void {
    if (statement.type === 'ContentStatement') this.#content(statement as hbs.AST.ContentStatement)
    else if (statement.type === 'MustacheStatement') this.#mustache(statement as hbs.AST.MustacheStatement, place)
    else if (statement.type === 'BlockStatement') this.#block(statement as hbs.AST.BlockStatement, place)
    else if (statement.type !== 'CommentStatement') {
      this.#fault(statement, 'Templates cannot include others or change how they are read.')
    }
  }

  #content(statement: hbs.AST.ContentStatement): void {
    if (this.#form === 'text') return
    this.#before = (this.#before + statement.value).slice(-2_000)
    const element = RAW_ELEMENT.exec(statement.value)
    if (element !== null) this.#fault(statement, `A mail has no <${element[1]?.toLowerCase()}> of its own.`)
    if (HANDLER.test(statement.value)) this.#fault(statement, 'A mail has no event handlers.')
  }

  #mustache(statement: hbs.AST.MustacheStatement, place: Place): void {
    const name = this.#field(statement.path as hbs.AST.Expression, place)
    const detail = name === null ? null : this.#mustacheFault(statement, name)
    if (detail !== null) this.#fault(statement, detail)
  }

  #mustacheFault({ params, hash, escaped }: hbs.AST.MustacheStatement, name: string): string | null {
    const type = FIELDS.get(name)
    const html = this.#form === 'html'
    if (params.length > 0 || (hash?.pairs.length ?? 0) > 0) return `A field takes nothing: write {{${name}}}.`
    if (html && !escaped) return `Values are always escaped in HTML: write {{${name}}}, with two braces.`
    if (type === 'lines') return `${name} has several lines: write {{#each ${name}}}{{this}}{{/each}}.`
    if (type === 'flag') return `${name} is yes or no: use it in {{#if ${name}}}…{{/if}}.`
    if (html && BEFORE_ADDRESS.test(this.#before) && !ADDRESSES.has(name)) {
      return 'Only {{link}} and {{home}} can be an address in HTML.'
    }
    return null
  }

  #block(statement: hbs.AST.BlockStatement, place: Place): void {
    const { params, program, inverse } = statement
    const block = (statement.path as hbs.AST.PathExpression).original
    const [about] = params
    const detail = this.#blockFault(statement, block, place)
    if (detail !== null || about === undefined) {
      this.#fault(statement, detail ?? `{{#${block}}} takes one field.`)
      return
    }
    const name = this.#field(about, place)
    if (block === 'each' && name !== null && !place.inEach && FIELDS.get(name) !== 'lines') {
      this.#fault(about, `${name} does not have several lines.`)
    }
    const depth = place.depth + 1
    this.program(program, { inEach: block === 'each' || place.inEach, depth })
    if (inverse) this.program(inverse, { inEach: place.inEach, depth })
  }

  #blockFault({ params, hash, program }: hbs.AST.BlockStatement, block: string, place: Place): string | null {
    if (!BLOCKS.has(block)) return `There is {{#if}}, {{#unless}} and {{#each}}, and no {{#${block}}}.`
    if (place.depth >= MAX_DEPTH) return `Blocks stand at most ${MAX_DEPTH} deep in each other.`
    if (params.length !== 1 || (hash?.pairs.length ?? 0) > 0) return `{{#${block}}} takes one field.`
    if ((program.blockParams?.length ?? 0) > 0) return 'Fields cannot be given other names.'
    if (block === 'each' && place.inEach) return 'An {{#each}} cannot stand in another.'
    return null
  }

  /** @returns null where it is none, which was noted */
  #field(expression: hbs.AST.Expression, { inEach }: Place): string | null {
    const { type, data, depth, parts, original } = expression as hbs.AST.PathExpression
    if (type !== 'PathExpression' || data || depth > 0 || typeof original !== 'string') {
      this.#fault(expression, 'Only the names of fields can stand here.')
      return null
    }
    if (inEach) {
      if (original === 'this') return original
      this.#fault(expression, 'Within {{#each}} there is {{this}} alone: the line.')
      return null
    }
    if (parts.length === 1 && FIELDS.has(original)) return original
    this.#fault(expression, `There is no field ${original.slice(0, 100)}.`)
    return null
  }

  #fault({ loc }: hbs.AST.Node, detail: string): void {
    this.faults.push({ line: loc.start.line, column: loc.start.column + 1, detail })
  }
}

/** Where the parser gave up. It tells the line, and shows what came before in a picture: `...text of it` over `----^`. */
function syntaxFault(source: string, error: Error & { lineNumber?: number; column?: number }): TemplateFaultAt {
  const { message, lineNumber, column } = error
  if (lineNumber !== undefined && column !== undefined) {
    return { line: lineNumber, column: column + 1, detail: sentence(message.replace(/ - \d+:\d+$/, '')) }
  }
  const [head = '', shown = '', arrow = ''] = message.split('\n')
  const line = Number(/on line (\d+)/.exec(head)?.[1] ?? 1)
  const before = shown.slice(0, arrow.indexOf('^')).replace(/^\.\.\./, '')
  const at = endOf(before, line, source)
  const detail = message.includes("got 'EOF'")
    ? 'The template ends within a block or a field.'
    : 'This cannot be read: a field is {{name}}, a block {{#if name}}…{{/if}}.'
  return { ...at, detail }
}

/** The place right after `before` in a line; the parser took the line breaks out of what it shows. */
function endOf(before: string, line: number, source: string): { line: number; column: number } {
  const lines = source.split('\n')
  const starts = lines.map((_, index) => lines.slice(0, index).join('').length)
  const flat = lines.join('')
  for (let from = flat.indexOf(before); from !== -1; from = flat.indexOf(before, from + 1)) {
    const end = from + before.length
    // At a line's start the place is also the end of the line before.
    const index = starts.findLastIndex((start) => start <= end)
    if (index + 1 === line || (starts[index] === end && index === line))
      return { line, column: end - (starts[line - 1] ?? 0) + 1 }
  }
  return { line, column: 1 }
}

const sentence = (text: string): string => `${text.slice(0, 300)}.`
