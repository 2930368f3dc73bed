import { FaultAt } from './faults.js'
import { LIMITS } from './limits.js'

const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y
const NUMBER = /[0-9]+/y
const OPENING = '([{'
const CLOSING = ')]}'

const tooDeep = (what: string, limit: number, offset: number) =>
  new FaultAt('QUERY_TOO_DEEP', `More than ${limit} ${what}; write the query flatter`, offset)

/** Where the text that opens at `at` ends, or the end of the input if it is never closed. */
function endOfText(input: string, at: number, raw: boolean): number {
  const quote = input.charAt(at)
  const close = input.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote
  for (let index = at + close.length; index < input.length; index++) {
    if (input.startsWith(close, index)) return index + close.length
    if (input[index] !== '\\') continue
    // CEL ends a raw text here and the parser does not: neither reading is taken.
    if (raw && input[index + 1] === quote) {
      throw new FaultAt(
        'SYNTAX',
        `A raw text cannot have a backslash before ${quote}; write it without r and with \\\\ for each backslash`,
        index,
      )
    }
    index++
  }
  return input.length
}

/**
 * Refuses what could hurt the parser, in one pass that needs no stack: size, brackets and prefixes nested too deep, text
 * that is no Unicode. The parser descends once for each open bracket and each prefix, and for nothing else.
 */
export function checkBounds(input: string): void {
  if (input.length > LIMITS.bytes || Buffer.byteLength(input) > LIMITS.bytes) {
    throw new FaultAt('QUERY_TOO_LARGE', `The query is larger than ${LIMITS.bytes / 1024} KiB`, 0)
  }
  const lone = input.isWellFormed() ? -1 : input.search(/\p{Surrogate}/u)
  if (lone >= 0) throw new FaultAt('SYNTAX', 'Half a character (a lone surrogate) stands here', lone)

  let brackets = 0
  let prefixes = 0
  let empty = true
  for (let index = 0; index < input.length; ) {
    const sign = input.charAt(index)
    if (' \t\r\n'.includes(sign)) {
      index++
      continue
    }
    if (input.startsWith('//', index)) {
      const end = input.indexOf('\n', index)
      index = end < 0 ? input.length : end
      continue
    }
    empty = false
    if (sign === '-' || (sign === '!' && input[index + 1] !== '=')) {
      if (++prefixes > LIMITS.prefixes) throw tooDeep('signs in a row', LIMITS.prefixes, index)
      index++
      continue
    }
    prefixes = 0
    if (OPENING.includes(sign) && ++brackets > LIMITS.brackets) {
      throw tooDeep('brackets within each other', LIMITS.brackets, index)
    }
    if (CLOSING.includes(sign) && brackets > 0) brackets--

    const quoted = 'bBrR'.includes(sign) ? index + 1 : index
    if (input[quoted] === '"' || input[quoted] === "'") {
      index = endOfText(input, quoted, 'rR'.includes(sign))
      continue
    }
    IDENTIFIER.lastIndex = index
    NUMBER.lastIndex = index
    if (IDENTIFIER.test(input)) index = IDENTIFIER.lastIndex
    else if (NUMBER.test(input)) index = NUMBER.lastIndex
    else index++
  }
  if (empty) throw new FaultAt('QUERY_EMPTY', 'The query is empty; write a test such as severity == "critical"', 0)
}
