import type { AssetType } from '../../domain/identity/index.js'
import { ReportFault } from './report-fault.js'
import type { AssetNaming, ReportAsset } from './report-format.port.js'

/** The asset a finding is on: the one the sender gave with the report, else the one the report names. */
export function assetNaming(asset: string | undefined): AssetNaming {
  const name = asset?.trim() || undefined
  // One object per asset, so that its event is made once.
  const given = new Map<string, ReportAsset>()

  function resolve(named: ReportAsset | undefined, type: AssetType): ReportAsset | undefined {
    if (name === undefined) return named
    const kind = named?.type ?? type
    const key = `${kind}\n${named?.os ?? ''}`
    let made = given.get(key)
    if (made === undefined) {
      made = { name, type: kind, os: named?.os }
      given.set(key, made)
    }
    return made
  }

  return {
    given: name !== undefined,
    resolve,
    require(named, type, why, pointer) {
      const found = resolve(named, type)
      if (found === undefined)
        throw new ReportFault('ASSET_UNKNOWN', `The report ${why}. Name the asset with the parameter "asset".`, pointer)
      return found
    },
  }
}
