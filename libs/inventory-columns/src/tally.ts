import { type InstanceRows, severityOf } from './instance-rows.js'
import type { Selection } from './selection.js'

const RANKS = 6

/** What a selection is made of. Severities are by rank: 0 unknown … 5 critical. */
export interface Tally {
  readonly bySeverity: readonly number[]
  readonly coveredBySeverity: readonly number[]
  readonly deferredBySeverity: readonly number[]
  readonly assets: number
  /** How many rows each owner has, the most first, then by name. */
  readonly owners: readonly { readonly owner: string; readonly count: number }[]
}

export function tally(rows: InstanceRows, { bits }: Selection): Tally {
  const bySeverity = new Float64Array(8)
  const covered = new Float64Array(8)
  const deferred = new Float64Array(8)
  const ofAsset = new Uint32Array(rows.assets.size)
  const words = 2 ** rows.bits / 32
  for (let page = 0; page * words < bits.length; page++) {
    const flags = rows.flags.pages[page]
    const assets = rows.columns.asset.pages[page]
    const suppressing = rows.suppressed.pages[page]
    const deferring = rows.deferred.pages[page]
    if (flags === undefined || assets === undefined || suppressing === undefined || deferring === undefined) continue
    for (let word = 0; word < words; word++) {
      for (let left = bits[page * words + word] as number; left !== 0; left &= left - 1) {
        const row = word * 32 + 31 - Math.clz32(left & -left)
        const severity = severityOf(flags[row] as number)
        bySeverity[severity] = (bySeverity[severity] as number) + 1
        if (suppressing[row] !== 0) covered[severity] = (covered[severity] as number) + 1
        if (deferring[row] !== 0) deferred[severity] = (deferred[severity] as number) + 1
        const asset = assets[row] as number
        ofAsset[asset] = (ofAsset[asset] as number) + 1
      }
    }
  }
  const owners = rows.assets.textsOf('owner')
  const ofOwner = new Float64Array(owners.size)
  let assets = 0
  ofAsset.forEach((count, asset) => {
    if (count === 0) return
    assets++
    const owner = rows.assets.codeOf(asset, 'owner')
    ofOwner[owner] = (ofOwner[owner] as number) + count
  })
  const named = [...ofOwner].flatMap((count, code) => {
    const owner = owners.textOf(code)
    return count === 0 || owner === null ? [] : [{ owner, count }]
  })
  const ranked = (counts: Float64Array) => [...counts.subarray(0, RANKS)]
  return {
    bySeverity: ranked(bySeverity),
    coveredBySeverity: ranked(covered),
    deferredBySeverity: ranked(deferred),
    assets,
    owners: named.sort((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.owner), Buffer.from(b.owner))),
  }
}
