import { type Comparison, type Literal, type NormalNode, passes, type TextLeaf } from '@reprieve/query'
import { hasBit, isEmpty, join, meet, newBits, setBit, without } from './bits.js'
import { boolCodesOf, codesOf } from './coded-values.js'
import type { IdSet } from './id-set.js'
import { fixAvailableOf, type InstanceRows, isRow, kevOf, SEVERITIES, severityOf } from './instance-rows.js'
import type { Codes, Plan } from './plan.js'
import { uuidText, uuidWords } from './uuid.js'

const FLAGS = 256

/**
 * A query as conditions over columns, for the values that these have now. Tests of one column, or of one asset or vulnerability, that stand
 * beside each other become one.
 */
export class PlanCompiler {
  constructor(
    private readonly rows: InstanceRows,
    private readonly now: number,
  ) {}

  compile(node: NormalNode): Plan {
    if (node.kind === 'literal') return this.#literal(node)
    return this.join(
      node.kind,
      node.nodes.map((part) => this.compile(part)),
    )
  }

  /** Rows whose flags are as asked: which of the 256 there can be. */
  flags(test: (flags: number) => boolean): Plan {
    const bits = newBits(FLAGS)
    for (let flags = 0; flags < FLAGS; flags++) if (test(flags)) setBit(bits, flags)
    return { kind: 'codes', column: this.rows.flags, bits }
  }

  /** Several conditions as one, tests of the same column taken together. */
  join(kind: 'and' | 'or', plans: readonly Plan[]): Plan {
    const decisive = kind === 'or'
    const parts: Plan[] = []
    const codes = new Map<Codes, Uint32Array>()
    for (const plan of plans.flatMap((part) => (part.kind === kind ? part.parts : [part]))) {
      if (plan.kind === 'constant') {
        if (plan.value === decisive) return plan
        continue
      }
      const same = plan.kind === 'codes' ? codes.get(plan.column) : undefined
      if (plan.kind !== 'codes') parts.push(plan)
      else if (same !== undefined) (kind === 'and' ? meet : join)(same, plan.bits)
      else {
        const bits = plan.bits.slice()
        codes.set(plan.column, bits)
        parts.push({ ...plan, bits })
      }
    }
    const possible = parts.filter((part) => part.kind !== 'codes' || !isEmpty(part.bits))
    if (kind === 'and' && possible.length < parts.length) return { kind: 'constant', value: false }
    const [only] = possible
    if (only === undefined) return { kind: 'constant', value: !decisive }
    return possible.length === 1 ? only : { kind, parts: possible }
  }

  #literal(literal: Literal): Plan {
    const { leaf, negated } = literal
    if (leaf.kind === 'clock') return { kind: 'constant', value: compare(leaf.op, this.now, leaf.at) === !negated }
    const { field } = leaf
    if (field.startsWith('asset.')) {
      const bits = this.rows.assets.select(renamed(literal, field.slice('asset.'.length)))
      return { kind: 'codes', column: this.rows.columns.asset, bits }
    }
    switch (field) {
      case 'vulnerability':
      case 'aliases':
        return this.#vulnerability(literal, field === 'aliases' ? 'ids' : 'canonical')
      case 'severity':
        return this.flags((flags) => isRow(flags) && testedText(literal, SEVERITIES[severityOf(flags)] as string))
      case 'fixAvailable': {
        const wanted = boolCodesOf(literal)
        return this.flags((flags) => isRow(flags) && fixAvailableOf(flags) < 3 && hasBit(wanted, fixAvailableOf(flags)))
      }
      case 'kev':
        return this.#kev(literal)
      case 'cvss':
      case 'epss':
        return this.#score(literal, field)
      case 'firstSeen':
        return this.#time(literal)
      case 'id':
        return this.#id(literal)
      case 'component.name':
        return this.#own(literal, 'componentName')
      case 'component.version':
        return this.#own(literal, 'componentVersion')
      case 'component.purl':
        return this.#own(literal, 'componentPurl')
      case 'title':
      case 'scannerSeverity':
      case 'location':
      case 'port':
      case 'scanners':
        return this.#own(literal, field)
      default:
        throw new TypeError(`there is no column for the field ${field}`)
    }
  }

  #own(literal: Literal, column: keyof InstanceRows['dictionaries']): Plan {
    return {
      kind: 'codes',
      column: this.rows.columns[column],
      bits: codesOf(this.rows.dictionaries[column], literal),
    }
  }

  #vulnerability(literal: Literal, field: string): Plan {
    const bits = this.rows.vulnerabilities.select(renamed(literal, field))
    return { kind: 'codes', column: this.rows.columns.vulnerability, bits }
  }

  /** A feed's score goes before the scanners'. */
  #score(literal: Literal, field: 'cvss' | 'epss'): Plan {
    const own = this.#own(literal, field)
    const says = this.rows.vulnerabilities.select({ kind: 'literal', leaf: has(field, 'double'), negated: false })
    if (isEmpty(says)) return own
    const isHas = literal.leaf.kind === 'has'
    const of = this.rows.vulnerabilities.select(isHas ? { ...literal, negated: false } : literal)
    const column = this.rows.columns.vulnerability
    const silent = without(this.#allVulnerabilities(), says)
    if (isHas && literal.negated) return this.join('and', [{ kind: 'codes', column, bits: silent }, own])
    return this.join('or', [
      { kind: 'codes', column, bits: of },
      this.join('and', [{ kind: 'codes', column, bits: silent }, own]),
    ])
  }

  /** True if the feed or a scanner says so, false if either says that it is not and none that it is. */
  #kev(literal: Literal): Plan {
    const column = this.rows.columns.vulnerability
    const feed = (negated: boolean, known = false) =>
      this.rows.vulnerabilities.select({
        kind: 'literal',
        leaf: known ? has('kev', 'bool') : { kind: 'bool', field: 'kev' },
        negated,
      })
    const scanners = (codes: readonly number[]) => this.flags((flags) => isRow(flags) && codes.includes(kevOf(flags)))
    const by = (bits: Uint32Array): Plan => ({ kind: 'codes', column, bits })
    if (literal.leaf.kind === 'has') {
      return literal.negated
        ? this.join('and', [by(feed(true, true)), scanners([0])])
        : this.join('or', [by(feed(false, true)), scanners([1, 2])])
    }
    const yes = feed(false)
    if (!literal.negated) return this.join('or', [by(yes), scanners([2])])
    return this.join('or', [
      this.join('and', [by(feed(true)), scanners([0, 1])]),
      this.join('and', [by(without(this.#allVulnerabilities(), yes)), scanners([1])]),
    ])
  }

  #allVulnerabilities(): Uint32Array {
    const bits = this.rows.vulnerabilities.select({ kind: 'literal', leaf: has('kev', 'bool'), negated: false })
    join(bits, this.rows.vulnerabilities.select({ kind: 'literal', leaf: has('kev', 'bool'), negated: true }))
    return bits
  }

  #time({ leaf, negated }: Literal): Plan {
    const column = this.rows.firstSeen
    if (leaf.kind === 'has') {
      if (!negated)
        return { kind: 'time', column, min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY, negated }
      return { kind: 'asked', test: (slot) => Number.isNaN(column.get(slot)) }
    }
    if (leaf.kind === 'time') return { kind: 'time', column, ...span(leaf.op, leaf.at), negated }
    if (leaf.kind !== 'age') throw new TypeError(`a test of kind ${leaf.kind} cannot be asked of a time`)
    // now − firstSeen op age is firstSeen op′ now − age.
    return { kind: 'time', column, ...span(MIRROR[leaf.op], this.now - leaf.milliseconds), negated }
  }

  #id({ leaf, negated }: Literal): Plan {
    if (leaf.kind === 'has') return { kind: 'constant', value: !negated }
    if (leaf.kind !== 'text') throw new TypeError(`a test of kind ${leaf.kind} cannot be asked of an id`)
    const { rows } = this
    if (leaf.test.op !== 'oneOf') {
      const { test } = leaf
      const words = new Uint32Array(4)
      return {
        kind: 'asked',
        test(slot) {
          for (let word = 0; word < 4; word++) words[word] = rows.idWord(slot, word)
          return passes(test, uuidText(words)) === !negated
        },
      }
    }
    const ids = leaf.test.values.flatMap((value) => uuidWords(value) ?? [])
    if (ids.length === 0) return { kind: 'constant', value: negated }
    return { kind: 'ids', column: rows.ids, ids: idSet(ids), negated }
  }
}

function idSet(ids: readonly Uint32Array[]): IdSet {
  const ends = newBits(2 ** 16)
  for (const id of ids) setBit(ends, (id[3] as number) & 0xffff)
  const byLast = Map.groupBy(ids, (id) => id[3] as number)
  return {
    ends,
    has: (words, at) =>
      byLast.get(words[at + 3] as number)?.some((id) => id.every((word, index) => word === words[at + index])) ?? false,
  }
}

const has = (field: string, type: 'double' | 'bool') => ({ kind: 'has', field, type }) as const

/** The same literal, of a field as its table calls it. */
function renamed(literal: Literal, field: string): Literal {
  const leaf = { ...literal.leaf, field }
  return { ...literal, leaf: leaf.kind === 'text' && leaf.alsoIn === 'aliases' ? { ...leaf, alsoIn: 'ids' } : leaf }
}

function testedText({ leaf, negated }: Literal, text: string): boolean {
  if (leaf.kind === 'has') return !negated
  return passes((leaf as TextLeaf).test, text) === !negated
}

const MIRROR: Readonly<Record<Comparison, Comparison>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' }

/** Times are whole milliseconds. */
function span(op: Comparison, at: number): { min: number; max: number } {
  switch (op) {
    case '<':
      return { min: Number.NEGATIVE_INFINITY, max: at - 1 }
    case '<=':
      return { min: Number.NEGATIVE_INFINITY, max: at }
    case '>':
      return { min: at + 1, max: Number.POSITIVE_INFINITY }
    case '>=':
      return { min: at, max: Number.POSITIVE_INFINITY }
    case '==':
      return { min: at, max: at }
  }
}

function compare(op: Comparison, left: number, right: number): boolean {
  switch (op) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '==':
      return left === right
  }
}
