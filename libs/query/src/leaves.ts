import { leafNode, negate, oneOfNumbers, oneOfTexts } from './build.js'
import { constantOf, elementsOf, numberOf, textOf } from './constants.js'
import { type Budget, elementTest, isTextMethod } from './element-tests.js'
import { FaultAt } from './faults.js'
import type { FieldRegistry } from './fields.js'
import { describe, exampleOf, type NamedField, namedField } from './paths.js'
import type { Comparison, Node, TextTest } from './query.js'
import { notATest, notATime, notAValue, refuseNonValue, unknownFunction, unordered } from './refusals.js'
import type { Syntax } from './syntax.js'
import { mirror, timeLeaf, timeSum } from './time-sum.js'

/**
 * The leaf, or negated leaf, that one test of a query is.
 * @throws FaultAt if it is none that the language has
 */
export function leafOf(registry: FieldRegistry, syntax: Syntax, depth: number, budget: Budget): Node {
  if (syntax.op === 'rcall' && syntax.args[0] === 'exists') {
    // The tests inside are counted, instead of the whole.
    return existsLeaf(registry, syntax, depth, budget)
  }
  budget.leaf(syntax.start)
  switch (syntax.op) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(registry, syntax.op, syntax)
    case 'in':
      return membership(registry, syntax)
    case 'rcall':
      return textMethod(registry, syntax)
    case 'call':
      return call(registry, syntax)
    case 'id':
    case '.':
      return bare(registry, syntax)
    default:
      throw notATest(registry, syntax)
  }
}

type Binary = Extract<Syntax, { op: Comparison | '!=' | 'in' }>
type MethodCall = Extract<Syntax, { op: 'rcall' }>
type FunctionCall = Extract<Syntax, { op: 'call' }>

function textLeaf({ name, definition: { type, alsoIn } }: NamedField, test: TextTest): Node {
  const leaf = { kind: 'text', field: name, list: type === 'list of string', test } as const
  return leafNode(alsoIn === undefined ? leaf : { ...leaf, alsoIn })
}

function comparison(registry: FieldRegistry, op: Comparison | '!=', { args: [left, right], start }: Binary): Node {
  refuseNonValue(registry, left)
  refuseNonValue(registry, right)
  const a = timeSum(registry, left)
  const b = timeSum(registry, right)
  if (a !== undefined && b !== undefined) {
    const leaf = leafNode(timeLeaf(registry, op === '!=' ? '==' : op, a, b, start))
    return op === '!=' ? negate(leaf) : leaf
  }
  if (a !== undefined) throw notATime(registry, right, a.type)
  if (b !== undefined) throw notATime(registry, left, b.type)

  const leftField = namedField(registry, left)
  const rightField = namedField(registry, right)
  if (leftField !== undefined && rightField !== undefined) {
    throw new FaultAt(
      'NOT_ALLOWED',
      `A field is compared with a value, not with another field; write ${exampleOf(leftField)}`,
      right.start,
    )
  }
  if (leftField !== undefined) return comparedField(op, leftField, right, start)
  if (rightField !== undefined) return comparedField(op === '!=' ? op : mirror(op), rightField, left, start)
  if (constantOf(left) === undefined) throw notAValue(registry, left)
  if (constantOf(right) === undefined) throw notAValue(registry, right)
  throw new FaultAt('CONSTANT', 'Two values are compared, which always is the same; compare a field', start)
}

function comparedField(op: Comparison | '!=', field: NamedField, value: Syntax, offset: number): Node {
  const { type } = field.definition
  const isEquality = op === '==' || op === '!='
  const signed = (node: Node) => (op === '!=' ? negate(node) : node)
  if (type === 'double' || type === 'int') {
    const number = numberOf(field, value)
    const test = isEquality ? oneOfNumbers([number]) : { op, value: number }
    return signed(leafNode({ kind: 'number', field: field.name, type, test }))
  }
  if (!isEquality) throw unordered(field, offset)
  if (type === 'bool') {
    const constant = constantOf(value)
    if (constant?.kind !== 'bool') {
      throw new FaultAt('WRONG_TYPE', `${describe(field)}; write ${exampleOf(field)}`, value.start)
    }
    const leaf = leafNode({ kind: 'bool', field: field.name })
    return signed(constant.value ? leaf : negate(leaf))
  }
  if (type === 'list of string') {
    throw new FaultAt('WRONG_TYPE', `${describe(field)}; write ${exampleOf(field)}`, offset)
  }
  return signed(textLeaf(field, oneOfTexts([textOf(field, value, true)])))
}

function membership(registry: FieldRegistry, { args: [left, right] }: Binary): Node {
  refuseNonValue(registry, left)
  const container = namedField(registry, right)
  return container === undefined ? inLiteral(registry, left, right) : inField(registry, left, container)
}

/** `"x" in asset.tags` */
function inField(registry: FieldRegistry, left: Syntax, container: NamedField): Node {
  const { name, definition, offset } = container
  if (definition.type !== 'list of string') {
    const part = definition.type === 'string' ? `${name}.contains("text") or ` : ''
    throw new FaultAt('WRONG_TYPE', `${describe(container)}, not a list; write ${part}${exampleOf(container)}`, offset)
  }
  if (namedField(registry, left) !== undefined) {
    throw new FaultAt(
      'NOT_ALLOWED',
      `A text is looked for in ${name}, not another field; write ${exampleOf(container)}`,
      left.start,
    )
  }
  return textLeaf(container, oneOfTexts([textOf(container, left, true)]))
}

/** `severity in ["critical", "high"]` */
function inLiteral(registry: FieldRegistry, left: Syntax, right: Syntax): Node {
  const field = namedField(registry, left)
  if (field === undefined) throw notAValue(registry, left)
  const { name, definition } = field
  switch (definition.type) {
    case 'string': {
      const [one = 'text', other = 'other'] = definition.values ?? []
      const elements = elementsOf(right, `${name} in ["${one}", "${other}"]`)
      return textLeaf(field, oneOfTexts(elements.map((element) => textOf(field, element, true))))
    }
    case 'double':
    case 'int': {
      const elements = elementsOf(right, `${name} in [1, 2]`)
      const test = oneOfNumbers(elements.map((element) => numberOf(field, element)))
      return leafNode({ kind: 'number', field: name, type: definition.type, test })
    }
    case 'list of string':
      throw new FaultAt(
        'WRONG_TYPE',
        `${describe(field)}; write "text" in ${name} or ${name}.exists(x, x in ["text", "other"])`,
        left.start,
      )
    case 'bool':
    case 'timestamp':
      throw new FaultAt(
        'WRONG_TYPE',
        `${describe(field)} and is not looked for in a list; write ${exampleOf(field)}`,
        left.start,
      )
  }
}

/** `asset.name.startsWith("web-")` */
function textMethod(registry: FieldRegistry, { args: [method, receiver, args], start }: MethodCall): Node {
  const field = namedField(registry, receiver)
  if (!isTextMethod(method)) throw unknownFunction(method, start, field)
  if (field === undefined) throw notAValue(registry, receiver)
  const [arg] = args
  const { name, definition } = field
  if (arg === undefined || args.length !== 1) {
    throw new FaultAt('NOT_ALLOWED', `${method} takes one text, as in ${name}.${method}("text")`, start)
  }
  if (definition.type === 'list of string') {
    const whole = method === 'contains' ? `"text" in ${name} for a whole one, or ` : ''
    throw new FaultAt('WRONG_TYPE', `${describe(field)}; write ${whole}${name}.exists(x, x.${method}("text"))`, start)
  }
  if (definition.type !== 'string') {
    throw new FaultAt('WRONG_TYPE', `${describe(field)}, not text; write ${exampleOf(field)}`, start)
  }
  return textLeaf(field, { op: method, value: textOf(field, arg, false) })
}

/** `asset.tags.exists(x, x.startsWith("team:"))` */
function existsLeaf(registry: FieldRegistry, call: MethodCall, depth: number, budget: Budget): Node {
  const [, receiver, args] = call.args
  const [variable, body] = args
  const field = namedField(registry, receiver)
  if (field === undefined) throw notAValue(registry, receiver)
  const { name, definition } = field
  if (definition.type !== 'list of string') {
    throw new FaultAt('WRONG_TYPE', `${describe(field)}, not a list; write ${exampleOf(field)}`, call.start)
  }
  if (variable?.op !== 'id' || body === undefined || args.length !== 2) {
    throw new FaultAt(
      'NOT_ALLOWED',
      `exists takes a name and a test, as in ${name}.exists(x, x.startsWith("text"))`,
      call.start,
    )
  }
  if (Object.keys(registry).some((known) => known.split('.')[0] === variable.args)) {
    throw new FaultAt(
      'NOT_ALLOWED',
      `${variable.args} begins the name of a field; choose another name, such as x`,
      variable.start,
    )
  }
  return textLeaf(field, elementTest(field, variable.args, body, depth + 1, budget))
}

function call(registry: FieldRegistry, { args: [name, args], start }: FunctionCall): Node {
  if (name === 'timestamp' || name === 'duration') {
    throw new FaultAt('CONSTANT', `${name}(…) alone is no test; compare a time with it`, start)
  }
  if (name !== 'has') throw unknownFunction(name, start)
  const [arg] = args
  const field = arg === undefined || args.length !== 1 ? undefined : namedField(registry, arg)
  if (field === undefined) {
    throw new FaultAt('NOT_ALLOWED', 'has takes the name of one field, as in has(asset.owner)', start)
  }
  if (field.definition.clock) throw new FaultAt('CONSTANT', `${field.name} is always known`, start)
  return leafNode({ kind: 'has', field: field.name, type: field.definition.type })
}

function bare(registry: FieldRegistry, syntax: Syntax): Node {
  const field = namedField(registry, syntax)
  if (field === undefined) throw notAValue(registry, syntax)
  if (field.definition.type !== 'bool') {
    throw new FaultAt(
      'WRONG_TYPE',
      `${describe(field)}, so it is no test by itself; write ${exampleOf(field)}`,
      syntax.start,
    )
  }
  return leafNode({ kind: 'bool', field: field.name })
}
