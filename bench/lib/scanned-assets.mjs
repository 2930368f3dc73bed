import { rows as rowsOf } from './workload.mjs'

/** Findings by asset, every one another instance. `from`: the first asset's number, so that calls can make different ones. */
export function scannedAssets(assets, findings, from = 0) {
  const byAsset = []
  for (let asset = from; asset < from + assets; asset++) {
    const found = rowsOf(findings, 1_000 + asset)
    const [{ ...own }] = found
    const facts = Object.entries(own).filter(([field]) => field.startsWith('asset.'))
    byAsset.push(
      found.map((row, index) => ({
        ...row,
        ...Object.fromEntries(facts),
        'asset.id': `host:${asset}`,
        'asset.name': `host-${asset}`,
        location: `${row.location}/${index}`,
      })),
    )
  }
  return byAsset
}
