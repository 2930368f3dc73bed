import { countOf, hasBit } from './bits.js'
import { Evaluation, type Plan } from './plan.js'
import { tableFor } from './row-loops.js'

// Rows that are looked at to guess which share of all a condition selects.
const SAMPLED = 256

/** Rows by their slots, and how many they are. */
export interface Selection {
  readonly bits: Uint32Array
  readonly count: number
}

/** Whether a plan selects one row. */
export function selects(plan: Plan, slot: number): boolean {
  switch (plan.kind) {
    case 'codes':
      return hasBit(plan.bits, plan.column.get(slot))
    case 'time': {
      const time = plan.column.get(slot)
      return plan.negated ? time < plan.min || time > plan.max : time >= plan.min && time <= plan.max
    }
    case 'counted':
      return (plan.column.get(slot) === 0) === plan.negated
    case 'ids': {
      const perPage = 2 ** plan.column.bits
      const page = plan.column.pages[Math.floor(slot / perPage)]
      return (page !== undefined && plan.ids.has(page, (slot % perPage) * 4)) !== plan.negated
    }
    case 'rows':
      return slot >>> 5 < plan.bits.length && hasBit(plan.bits, slot)
    case 'asked':
      return plan.test(slot)
    case 'and':
      return plan.parts.every((part) => selects(part, slot))
    case 'or':
      return plan.parts.some((part) => selects(part, slot))
    case 'constant':
      return plan.value
  }
}

/** The plan made ready to be evaluated for all rows: with what selects the fewest rows first wherever all has to hold, and the most where any. */
export function prepared(plan: Plan, size: number): Plan {
  if (plan.kind === 'codes') {
    const table = tableFor(plan.bits)
    return table === undefined ? plan : { ...plan, table }
  }
  if (plan.kind !== 'and' && plan.kind !== 'or') return plan
  const stride = Math.max(1, Math.floor(size / SAMPLED))
  const shareOf = (part: Plan) => {
    let selected = 0
    let looked = 0
    for (let slot = 1; slot < size; slot += stride) {
      looked++
      if (selects(part, slot)) selected++
    }
    const share = selected / Math.max(1, looked)
    return (plan.kind === 'and' ? share : 1 - share) + costOf(part)
  }
  const parts = plan.parts.map((part) => {
    const ordered = prepared(part, size)
    return { ordered, cost: shareOf(ordered) }
  })
  return { kind: plan.kind, parts: parts.sort((a, b) => a.cost - b.cost).map(({ ordered }) => ordered) }
}

/** Asking row by row takes long: rather of few. */
function costOf(plan: Plan): number {
  if (plan.kind === 'asked') return 1
  if (plan.kind === 'and' || plan.kind === 'or') return plan.parts.some((part) => costOf(part) > 0) ? 1 : 0
  return 0
}

/** All rows below `size` that a plan selects. */
export function selectRows(plan: Plan, size: number, pageBits: number): Selection {
  const evaluation = new Evaluation(pageBits)
  const words = 2 ** pageBits / 32
  const pages = Math.ceil(size / 2 ** pageBits)
  const bits = new Uint32Array(pages * words)
  const ordered = prepared(plan, size)
  const all = new Uint32Array(words).fill(0xffff_ffff)
  let count = 0
  for (let page = 0; page < pages; page++) {
    const out = bits.subarray(page * words, (page + 1) * words)
    evaluation.select(ordered, page, all, out)
    for (let word = 0; word < words; word++) count += countOf(out[word] as number)
  }
  return { bits, count }
}
