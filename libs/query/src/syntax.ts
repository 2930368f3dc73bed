import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import { checkBounds } from './bounds.js'
import { FaultAt } from './faults.js'
import { LIMITS } from './limits.js'

export type Syntax = ASTNode

// Lists and sizes are bounded by us, with messages of our own; the library's bounds stay out of the way.
const environment = new Environment({
  unlistedVariablesAreDyn: true,
  limits: {
    maxAstNodes: LIMITS.bytes,
    maxDepth: LIMITS.brackets * 2,
    maxListElements: LIMITS.bytes,
    maxMapEntries: LIMITS.bytes,
    maxCallArguments: LIMITS.bytes,
  },
})

const SIGNS: Readonly<Record<string, string>> = {
  RPAREN: 'A closing )',
  RBRACKET: 'A closing ]',
  RBRACE: 'A closing }',
  COLON: 'A :',
  IDENTIFIER: 'A name',
}

const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' }

/** What stands at the offset, as short as it can be shown. */
function tokenAt(text: string, offset: number): string {
  const rest = text.slice(offset)
  const token = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9.]+|&&|\|\||[=!<>]=)/.exec(rest)?.[0] ?? /^./su.exec(rest)?.[0] ?? ''
  return token.length > 40 ? `${token.slice(0, 40)}…` : token
}

function strange(text: string, offset: number): FaultAt {
  const syntax = (message: string) => new FaultAt('SYNTAX', message, offset)
  const token = tokenAt(text, offset)
  const before = /([A-Za-z]+)\s*$/.exec(text.slice(Math.max(0, offset - 40), offset))?.[1]?.toLowerCase()
  const instead = WORDS[token.toLowerCase()]
  if (instead !== undefined) return syntax(`Write ${instead} instead of "${token}"`)
  if (before === 'not') return syntax('Write ! instead of "not"')
  if (token === '=') return syntax('Compare with ==, not with a single =')
  if (token === '&') return syntax('Write && for "and"')
  if (token === '|') return syntax('Write || for "or"')
  if (')]}'.includes(token)) return syntax(`There is no opening bracket for this ${token}`)
  if ('“”„‘’‚«»`´'.includes(token)) return syntax(`Write text in plain quotes, "like this", not with ${token}`)
  if (/^[\w"'([{]/.test(token))
    return syntax(`Nothing joins "${token}" to what stands before it; write && or || between tests`)
  return syntax(
    `"${token}" (U+${(token.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}) has no meaning here`,
  )
}

function explain(error: ParseError, text: string): FaultAt {
  const offset = Math.min(error.range?.start ?? 0, text.length)
  const syntax = (message: string) => new FaultAt('SYNTAX', message, offset)
  const atEnd = offset >= text.length
  switch (error.code) {
    case 'unexpected_character':
      return strange(text, offset)
    case 'unexpected_token':
      return atEnd
        ? syntax('The query ends too early: a field, a value or a test is missing')
        : syntax(`"${tokenAt(text, offset)}" stands where a field, a value or a test should be`)
    case 'expected_token': {
      const wanted = SIGNS[/^Expected (\w+)/.exec(error.summary)?.[1] ?? '']
      const found = atEnd ? 'the query ends' : `"${tokenAt(text, offset)}" stands`
      return syntax(`${wanted ?? 'Something else'} should be here, where ${found}`)
    }
    case 'reserved_identifier':
      return syntax(`"${tokenAt(text, offset)}" is a word that CEL keeps for itself; put it in quotes if it is text`)
    case 'newline_in_string':
      return syntax('A text ends on the line it begins on; close it with its quote, or write \\n for a new line')
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
      return syntax('This text is never closed: its second quote is missing')
    case 'invalid_escape_sequence':
      return syntax(`There is no escape ${text.slice(offset, offset + 2)}; write \\\\ for a backslash`)
    case 'invalid_macro_argument':
      return new FaultAt(
        'NOT_ALLOWED',
        'The first argument is a name for one value of the list, as in exists(x, x == "a")',
        offset,
      )
    case 'limit_exceeded':
      return new FaultAt('QUERY_TOO_DEEP', 'The query is nested too deep; write it flatter', offset)
    default:
      return error.code.startsWith('invalid_') && /number|integer|exponent/.test(error.code)
        ? new FaultAt('BAD_LITERAL', 'This is no number that can be used here', offset)
        : syntax(error.summary)
  }
}

/**
 * The syntax tree of a text, every node with its place.
 * @throws FaultAt if it is no CEL or too large or too deep to be looked at
 */
export function parse(text: string): Syntax {
  checkBounds(text)
  try {
    return environment.parse(text).ast
  } catch (error) {
    if (error instanceof ParseError) throw explain(error, text)
    throw error
  }
}
