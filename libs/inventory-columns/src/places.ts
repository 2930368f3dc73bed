import { forEachBit } from './bits.js'
import type { InstanceRows } from './instance-rows.js'
import type { Selection } from './selection.js'

/** Where instances are: of each the key of its asset, and its own. */
export interface Places {
  readonly assets: Int32Array
  readonly instances: Float64Array
}

/** Where the rows of a selection are, those of one asset one after the other. */
export function placesOf(rows: InstanceRows, { bits, count }: Selection): Places {
  const { asset } = rows.columns
  // Of each asset where its next row goes: counted first, then added up.
  const next = new Uint32Array(rows.assets.size + 1)
  forEachBit(bits, (slot) => {
    const after = asset.get(slot) + 1
    next[after] = (next[after] as number) + 1
  })
  for (let of = 1; of < next.length; of++) next[of] = (next[of] as number) + (next[of - 1] as number)
  const places = { assets: new Int32Array(count), instances: new Float64Array(count) }
  forEachBit(bits, (slot) => {
    const of = asset.get(slot)
    const at = next[of] as number
    next[of] = at + 1
    places.assets[at] = rows.assets.keyOf(of)
    places.instances[at] = rows.keys.get(slot)
  })
  return places
}
