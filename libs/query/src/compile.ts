import { combine, negate } from './build.js'
import { type Budget, operands } from './element-tests.js'
import { FaultAt, locate, type QueryFault } from './faults.js'
import { type FieldRegistry, instanceFields } from './fields.js'
import { leafOf } from './leaves.js'
import { LIMITS } from './limits.js'
import { keyOf, toNormal } from './normal-form.js'
import type { Node, Query } from './query.js'
import { parse, type Syntax } from './syntax.js'

export type CompileResult =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly faults: readonly QueryFault[] }

/** Too much of something: nothing after it is worth looking at. */
const FATAL = new Set(['QUERY_TOO_DEEP', 'TOO_MANY_LEAVES'])

/**
 * Checks a query and turns it into a tree that can be evaluated. Never throws for a text, whatever it holds: a query is
 * taken whole or refused with every fault found, up to 20, in the order of the text.
 * @param registry the closed set of fields it can use
 */
export function compileQuery(text: string, registry: FieldRegistry = instanceFields): CompileResult {
  const compiler = new Compiler(registry)
  try {
    const root = compiler.test(parse(text), 1)
    if (root !== undefined && compiler.faults.length === 0) {
      const normal = toNormal(root)
      return { ok: true, query: { root, normal, key: keyOf(normal) } }
    }
  } catch (error) {
    compiler.faults.push(asFault(error))
  }
  const faults = compiler.faults.slice(0, LIMITS.faults).map((fault) => locate(text, fault))
  return { ok: false, faults }
}

function asFault(error: unknown): FaultAt {
  if (error instanceof FaultAt) return error
  // Bounds are set so that this cannot happen; if it does, the query is at fault and not the process.
  if (error instanceof RangeError)
    return new FaultAt('QUERY_TOO_DEEP', 'The query is nested too deep; write it flatter', 0)
  throw error
}

class Compiler implements Budget {
  readonly faults: FaultAt[] = []
  #leaves = 0

  constructor(private readonly registry: FieldRegistry) {}

  leaf(offset: number): void {
    if (++this.#leaves > LIMITS.leaves) {
      throw new FaultAt(
        'TOO_MANY_LEAVES',
        `A query has at most ${LIMITS.leaves} tests; many values of one field go into a list: field in ["a", "b"]`,
        offset,
      )
    }
  }

  level(depth: number, offset: number): void {
    if (depth > LIMITS.depth) {
      throw new FaultAt(
        'QUERY_TOO_DEEP',
        `Tests are nested more than ${LIMITS.depth} levels deep; write the query flatter`,
        offset,
      )
    }
  }

  /** The tree of one test, or undefined where it has a fault, which is then in `faults`. */
  test(syntax: Syntax, depth: number): Node | undefined {
    this.level(depth, syntax.start)
    if (this.faults.length >= LIMITS.faults) return undefined
    if (syntax.op === '&&' || syntax.op === '||') {
      const nodes: Node[] = []
      const parts = operands(syntax, syntax.op)
      for (const part of parts) {
        const node = this.test(part, depth + 1)
        if (node !== undefined) nodes.push(node)
      }
      return nodes.length === parts.length ? combine(syntax.op === '&&' ? 'and' : 'or', nodes) : undefined
    }
    if (syntax.op === '!_') {
      const node = this.test(syntax.args, depth + 1)
      return node === undefined ? undefined : negate(node)
    }
    try {
      return leafOf(this.registry, syntax, depth, this)
    } catch (error) {
      const fault = asFault(error)
      if (FATAL.has(fault.code)) throw fault
      this.faults.push(fault)
      return undefined
    }
  }
}
