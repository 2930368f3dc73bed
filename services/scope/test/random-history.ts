import { observed, resolved, scanCompleted } from './events.js'

/** A small generator of numbers that are the same for the same seed (mulberry32). */
export function seeded(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const integer = (most: number) => Math.floor(next() * most)
  const pick = <T>(items: readonly T[]): T => items[integer(items.length)] as T
  return { next, integer, pick }
}

const START = Date.parse('2026-02-01T00:00:00Z')
const VULNERABILITIES = Array.from({ length: 10 }, (_, n) => `CVE-2024-${1000 + n}`)
const SCANNERS = ['trivy', 'grype']

export interface HistoryRecord {
  /** The asset's name: also the key, so that its records stay in order. */
  asset: string
  event: object
}

/**
 * Scans of a few assets, one after the other on each: complete ones, some of which lack a record, single sightings, resolutions, aliases
 * that show up late, attributes of assets that change. Times rise on each asset and never repeat there.
 */
export function randomHistory(seed: number, options: { assets: number; scans: number }): HistoryRecord[] {
  const random = seeded(seed)
  const records: HistoryRecord[] = []
  for (let asset = 0; asset < options.assets; asset++) {
    const name = `asset-${asset}`
    let minute = 0
    const at = () => new Date(START + minute++ * 60_000).toISOString()
    for (let scan = 0; scan < options.scans; scan++) {
      const scanner = random.pick(SCANNERS)
      const scanId = `${scanner}-${scan}`
      const described = {
        name,
        type: 'ASSET_TYPE_HOST',
        environment: random.pick(['production', 'staging']),
        tags: { values: [random.pick(['red', 'blue']), random.pick(['hot', 'cold'])] },
      }
      const seen = VULNERABILITIES.filter(() => random.next() < 0.5)
      const time = at()
      for (const id of seen) {
        const aliases =
          random.next() < 0.2
            ? [`GHSA-${id.slice(-4).replaceAll(/\d/g, 'c')}-cccc-ccc${'23456789cf'[Number(id.slice(-1))]}`]
            : []
        records.push({
          asset: name,
          event: observed({
            scanner,
            scanId,
            asset: described,
            vulnerability: { id, aliases },
            component: { name: 'lib', version: random.pick(['1', '2']) },
            severity: random.pick(['low', 'medium', 'high', 'critical']),
            cvss: random.integer(100) / 10,
            observedAt: time,
          }),
        })
      }
      const lacking = random.next() < 0.2 ? 1 : 0
      records.push({
        asset: name,
        event: scanCompleted(seen.length + lacking, {
          scanner,
          scanId,
          asset: { name, type: 'ASSET_TYPE_HOST' },
          completedAt: time,
        }),
      })
      if (random.next() < 0.3) {
        records.push({
          asset: name,
          event: resolved({
            scanner,
            scanId: `${scanId}-resolved`,
            asset: { name, type: 'ASSET_TYPE_HOST' },
            vulnerability: { id: random.pick(VULNERABILITIES) },
            component: { name: 'lib' },
            observedAt: at(),
          }),
        })
      }
    }
  }
  return records
}

/** Mixes the assets' records, keeping each asset's own order. */
export function interleaved(records: readonly HistoryRecord[], seed: number): HistoryRecord[] {
  const random = seeded(seed)
  const queues = [...Map.groupBy(records, ({ asset }) => asset).values()].map((queue) => [...queue])
  const mixed: HistoryRecord[] = []
  while (queues.length > 0) {
    const index = random.integer(queues.length)
    const record = queues[index]?.shift()
    if (record === undefined) queues.splice(index, 1)
    else mixed.push(record)
  }
  return mixed
}

/** Queries over what the histories have. */
export function randomExpression(random: ReturnType<typeof seeded>): string {
  const leaf = () =>
    random.pick([
      `vulnerability == "${random.pick(VULNERABILITIES)}"`,
      `severity in ["${random.pick(['low', 'high'])}", "critical"]`,
      `asset.environment == "${random.pick(['production', 'staging'])}"`,
      `"${random.pick(['red', 'blue', 'hot', 'cold'])}" in asset.tags`,
      `cvss >= ${random.integer(100) / 10}`,
      `component.version == "${random.pick(['1', '2'])}"`,
      `"${random.pick(SCANNERS)}" in scanners`,
      `asset.name == "asset-${random.integer(6)}"`,
      `firstSeen > timestamp("${new Date(START + random.integer(20) * 60_000).toISOString()}")`,
      'aliases.exists(a, a.startsWith("GHSA-"))',
    ])
  return random.pick([leaf(), `${leaf()} && ${leaf()}`, `${leaf()} || ${leaf()}`, `!(${leaf()}) && ${leaf()}`])
}
