import { combineTests, negateTest, oneOfTexts } from './build.js'
import { elementsOf, textOf } from './constants.js'
import { FaultAt } from './faults.js'
import type { NamedField } from './paths.js'
import type { TextTest } from './query.js'
import type { Syntax } from './syntax.js'

/** Counts what a query is made of, and refuses it when there is too much. */
export interface Budget {
  leaf(offset: number): void
  level(depth: number, offset: number): void
}

/** Operands of `a op b op c`, however it was bracketed, in order; no recursion, for a chain can be long. */
export function operands(syntax: Syntax, op: '&&' | '||'): Syntax[] {
  const found: Syntax[] = []
  const open = [syntax]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.op === op) open.push(next.args[1], next.args[0])
    else found.push(next)
  }
  return found
}

/** Tests of the names `startsWith endsWith contains`, with their one argument. */
export function isTextMethod(name: string): name is 'startsWith' | 'endsWith' | 'contains' {
  return name === 'startsWith' || name === 'endsWith' || name === 'contains'
}

/**
 * The body of `exists(variable, body)`: tests of the variable, joined by `&& || !`.
 * @throws FaultAt for anything else
 */
export function elementTest(
  field: NamedField,
  variable: string,
  syntax: Syntax,
  depth: number,
  budget: Budget,
): TextTest {
  budget.level(depth, syntax.start)
  const isVariable = (other: Syntax) => other.op === 'id' && other.args === variable
  const refuse = () =>
    new FaultAt(
      'NOT_ALLOWED',
      `Inside exists stand only tests of ${variable}, such as ${variable} == "text" or ${variable}.startsWith("text")`,
      syntax.start,
    )
  switch (syntax.op) {
    case '&&':
    case '||': {
      const tests = operands(syntax, syntax.op).map((part) => elementTest(field, variable, part, depth + 1, budget))
      return combineTests(syntax.op === '&&' ? 'and' : 'or', tests)
    }
    case '!_':
      return negateTest(elementTest(field, variable, syntax.args, depth + 1, budget))
    case '==':
    case '!=': {
      const [left, right] = syntax.args
      if (isVariable(left) === isVariable(right)) throw refuse()
      budget.leaf(syntax.start)
      const test = oneOfTexts([textOf(field, isVariable(left) ? right : left, true)])
      return syntax.op === '==' ? test : negateTest(test)
    }
    case 'in': {
      const [left, right] = syntax.args
      if (!isVariable(left)) throw refuse()
      budget.leaf(syntax.start)
      const elements = elementsOf(right, `${variable} in ["text", "other"]`)
      return oneOfTexts(elements.map((element) => textOf(field, element, true)))
    }
    case 'rcall': {
      const [name, receiver, args] = syntax.args
      const [arg] = args
      if (!isTextMethod(name) || !isVariable(receiver) || args.length !== 1 || arg === undefined) throw refuse()
      budget.leaf(syntax.start)
      return { op: name, value: textOf(field, arg, false) }
    }
    default:
      throw refuse()
  }
}
