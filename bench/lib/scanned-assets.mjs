import { rows as rowsOf, seeded } from './workload.mjs'

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

const CHANGED = 0.05

/** The same findings, a twentieth of them with another score. */
export const changed = (assets) =>
  aTwentieth(assets, 7, (row, random) => ({ ...row, cvss: Math.round(random.next() * 100) / 10 }))

/** The same findings, a twentieth of them in other words, which no exception asks for. */
export const reworded = (assets) => aTwentieth(assets, 8, (row) => ({ ...row, title: `${row.title}, once more` }))

function aTwentieth(assets, seed, change) {
  const random = seeded(seed)
  return assets.map((rows) => rows.map((row) => (random.next() < CHANGED ? change(row, random) : row)))
}
