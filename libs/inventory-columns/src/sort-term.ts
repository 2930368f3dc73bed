import { newBits, setBit } from './bits.js'
import { type InstanceRows, SEVERITIES, severityKey, severityOf } from './instance-rows.js'
import type { NumberDictionary } from './number-dictionary.js'
import type { Codes, Plan } from './plan.js'
import { selectFlags, selectTimes } from './row-loops.js'
import type { Zones } from './zones.js'

export type SortField = 'severity' | 'cvss' | 'epss' | 'firstSeen' | 'asset.name' | 'vulnerability'

export interface SortBy {
  readonly field: SortField
  readonly descending: boolean
}

/** How rows whose keys lie between two bounds are found without looking at all; either may let others through. */
export type Narrowing =
  /** As a condition over columns. `high` is less than `LAST`. */
  | { readonly by: 'condition'; within(low: number, high: number): Plan }
  /** Zone by zone: all, or some, rows of one block. Of rows without a key nothing is told. */
  | {
      readonly by: 'zones'
      /** All zones of so many blocks. */
      zones(blocks: number): Zone[]
      /** `out`: the rows of `asked`, from a word of a page on, that are the zone's and lie within the bounds. */
      select(zone: Zone, place: RowsOfPage, low: number, high: number, out: Uint32Array): void
    }

export interface Zone {
  readonly block: number
  /** Bounds on the keys of its rows. */
  readonly least: number
  readonly most: number
  /** What else tells its rows from others of the block. */
  readonly kind: number
}

export interface RowsOfPage {
  readonly page: number
  /** The word of the page that they begin at. */
  readonly from: number
  readonly asked: Uint32Array
}

/** One field of an order: numbers that rise in its direction, what is missing last. */
export interface SortTerm {
  keyOf(slot: number): number
  /** Of a value, of a row with this id. */
  keyAt(value: string | number | null, id: Uint32Array): number
  readonly narrowing: Narrowing
}

/** The key of what is missing. */
export const LAST = Number.POSITIVE_INFINITY

/** @param alone whether only the id comes behind it */
export function sortTerm(rows: InstanceRows, { field, descending }: SortBy, alone: boolean): SortTerm {
  const sign = descending ? -1 : 1
  switch (field) {
    case 'severity':
      return alone ? bySeverityAndId(rows, sign) : bySeverity(rows, sign)
    case 'firstSeen':
      return byTime(rows, sign)
    case 'asset.name':
      return byEntity(rows.columns.asset, textKeys(rows.assets, 'name', sign), (value) =>
        value === null ? LAST : sign * rows.assets.textsOf('name').rankOf(String(value)),
      )
    case 'vulnerability':
      return byEntity(rows.columns.vulnerability, textKeys(rows.vulnerabilities, 'canonical', sign), (value) =>
        value === null ? LAST : sign * rows.vulnerabilities.textsOf('canonical').rankOf(String(value)),
      )
    case 'cvss':
    case 'epss':
      return byScore(rows, field, sign)
  }
}

const numberKey = (sign: number) => (value: string | number | null) => (value === null ? LAST : sign * Number(value))

function bySeverity({ flags }: InstanceRows, sign: number): SortTerm {
  return {
    keyOf: (slot) => sign * severityOf(flags.get(slot)),
    keyAt: numberKey(sign),
    narrowing: {
      by: 'condition',
      within: (low, high) =>
        codesWithin(
          flags,
          ALL_FLAGS.map((value) => sign * severityOf(value)),
          low,
          high,
        ),
    },
  }
}

/** There are six severities: the order is by id nearly always, so the beginning of the id is part of the number. */
function bySeverityAndId(rows: InstanceRows, sign: number): SortTerm {
  const { flags, zones } = rows
  return {
    keyOf: (slot) => sign * severityKey(severityOf(flags.get(slot)), rows.idWord(slot, 0), rows.idWord(slot, 1)),
    keyAt: (value, id) => (value === null ? LAST : sign * severityKey(Number(value), id[0] as number, id[1] as number)),
    narrowing: {
      by: 'zones',
      zones: (blocks) => zonesOf(zones.severity, sign, blocks, SEVERITIES.length),
      select({ kind }, { page, from, asked }, _low, _high, out) {
        const all = flags.pages[page] as Uint8Array
        selectFlags(all.subarray(from * 32, (from + asked.length) * 32), FLAGS_OF[kind] as Uint8Array, asked, out)
      },
    },
  }
}

/** Zones in the order of their numbers, `kinds` for each block; of keys that are theirs, or their negatives. */
function zonesOf(zones: Zones, sign: number, blocks: number, kinds: number): Zone[] {
  return Array.from({ length: blocks * kinds }, (_, number) => ({
    block: Math.floor(number / kinds),
    kind: number % kinds,
    least: sign === 1 ? zones.least(number) : -zones.most(number),
    most: sign === 1 ? zones.most(number) : -zones.least(number),
  }))
}

const FLAGS_OF = SEVERITIES.map((_, severity) =>
  Uint8Array.from({ length: 256 }, (_, value) => (severityOf(value) === severity ? 1 : 0)),
)

function byTime({ firstSeen, zones }: InstanceRows, sign: number): SortTerm {
  const keyOf = (time: number) => (Number.isNaN(time) ? LAST : sign * time)
  return {
    keyOf: (slot) => keyOf(firstSeen.get(slot)),
    keyAt: numberKey(sign),
    narrowing: {
      by: 'zones',
      zones: (blocks) => zonesOf(zones.firstSeen, sign, blocks, 1),
      select(_zone, { page, from, asked }, low, high, out) {
        const all = firstSeen.pages[page] as Float64Array
        const [min, max] = sign === 1 ? [low, high] : [-high, -low]
        // What has no time is wanted too as long as nothing bounds what is.
        if (high === LAST) out.set(asked)
        else selectTimes(all.subarray(from * 32, (from + asked.length) * 32), { min, max, negated: false }, asked, out)
      },
    },
  }
}

type Entities = InstanceRows['assets'] | InstanceRows['vulnerabilities']

/** Of each entity the rank of one of its texts. */
function textKeys(entities: Entities, field: 'name' | 'canonical', sign: number): Float64Array {
  const ranks = entities.textsOf(field as never).ranks()
  const keys = new Float64Array(entities.size)
  for (let slot = 0; slot < keys.length; slot++) {
    const code = entities.codeOf(slot, field as never)
    keys[slot] = code === 0 ? LAST : sign * (ranks[code] as number)
  }
  return keys
}

function byEntity(column: InstanceRows['columns']['asset'], keysOf: Float64Array, keyAt: SortTerm['keyAt']): SortTerm {
  return {
    keyOf: (slot) => keysOf[column.get(slot)] as number,
    keyAt,
    narrowing: { by: 'condition', within: (low, high) => codesWithin(column, keysOf, low, high) },
  }
}

/** The feed's score of the vulnerability where there is one, else the scanners'. */
function byScore(rows: InstanceRows, field: 'cvss' | 'epss', sign: number): SortTerm {
  const { vulnerabilities } = rows
  const said = vulnerabilities.numbersOf(field).values
  // NaN where the feed is silent.
  const keysOf = new Float64Array(vulnerabilities.size)
  for (let slot = 0; slot < keysOf.length; slot++) {
    const code = vulnerabilities.codeOf(slot, field)
    keysOf[slot] = code === 0 ? Number.NaN : sign * (said[code] as number)
  }
  const own = ownScores(rows.dictionaries[field], sign)
  const of = rows.columns.vulnerability
  const codes = rows.columns[field]
  const silent = keysOf.some((key) => !Number.isNaN(key)) ? codesOfNaN(of, keysOf) : null
  return {
    keyOf(slot) {
      const key = keysOf[of.get(slot)] as number
      return Number.isNaN(key) ? (own[codes.get(slot)] as number) : key
    },
    keyAt: numberKey(sign),
    narrowing: {
      by: 'condition',
      within(low, high) {
        const byScanner = codesWithin(codes, own, low, high)
        if (silent === null) return byScanner
        const byFeed = codesWithin(of, keysOf, low, high)
        return { kind: 'or', parts: [byFeed, { kind: 'and', parts: [silent, byScanner] }] }
      },
    },
  }
}

function ownScores({ values }: NumberDictionary, sign: number): Float64Array {
  const keys = new Float64Array(values.length)
  for (let code = 0; code < keys.length; code++) keys[code] = code === 0 ? LAST : sign * (values[code] as number)
  return keys
}

const ALL_FLAGS = Array.from({ length: 256 }, (_, value) => value)

/** Rows whose code has a key between these. */
function codesWithin(column: Codes, keys: ArrayLike<number>, low: number, high: number): Plan {
  const bits = newBits(keys.length)
  for (let code = 0; code < keys.length; code++) {
    const key = keys[code] as number
    if (key >= low && key <= high) setBit(bits, code)
  }
  return { kind: 'codes', column, bits }
}

function codesOfNaN(column: Codes, keys: Float64Array): Plan {
  const bits = newBits(keys.length)
  for (let code = 0; code < keys.length; code++) if (Number.isNaN(keys[code])) setBit(bits, code)
  return { kind: 'codes', column, bits }
}
