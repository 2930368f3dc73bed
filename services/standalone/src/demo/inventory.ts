import { CATALOGUE, type CatalogueEntry } from './catalogue.js'
import { type BusinessUnit, UNITS } from './company.js'
import type { SeededRandom } from './random.js'

/** Proto-JSON of `reprieve.scanner.v1.InstanceEvent`, as `POST /instances/batch` takes it. */
export type InstanceEventJson = Record<string, unknown>

interface DemoAsset {
  name: string
  type: string
  scanner: string
  os?: string
  unit: BusinessUnit
  environment: string
  exposure: string
  criticality: string
  tags: string[]
  findings: [least: number, most: number]
  entries: readonly CatalogueEntry[]
}

const DAY_MS = 86_400_000
const LIBRARIES = CATALOGUE.filter((entry) => entry.where === 'library')
const PACKAGES = CATALOGUE.filter((entry) => entry.where === 'os')
const ENVIRONMENTS = ['production', 'staging', 'development'] as const

function assets(random: SeededRandom): DemoAsset[] {
  const all: DemoAsset[] = []
  for (const unit of UNITS) {
    for (const product of unit.products) {
      const critical = unit.name === 'Payments' || product === 'identity'
      const base = { unit, tags: [`product:${product}`, `unit:${unit.name.toLowerCase()}`] }
      all.push({
        ...base,
        name: `git.reprieve.example/${unit.name.toLowerCase()}/${product}`,
        type: 'ASSET_TYPE_REPOSITORY',
        scanner: 'osv-scanner',
        environment: 'development',
        exposure: 'internal',
        criticality: critical ? 'high' : 'medium',
        findings: [4, 10],
        entries: LIBRARIES,
      })
      for (const environment of ENVIRONMENTS) {
        all.push({
          ...base,
          name: `registry.reprieve.example/${product}:${random.integer(1, 9)}.${random.integer(0, 30)}-${environment}`,
          type: 'ASSET_TYPE_IMAGE',
          scanner: 'trivy',
          os: 'debian 12',
          environment,
          exposure: environment === 'production' && random.chance(0.4) ? 'internet' : 'internal',
          criticality: critical ? 'critical' : random.pick(['high', 'medium']),
          findings: [8, 22],
          entries: CATALOGUE,
          tags: [...base.tags, random.chance(0.2) ? 'pci' : 'standard', `env:${environment}`],
        })
        for (let host = 1; host <= random.integer(3, 7); host++) {
          all.push({
            ...base,
            name: `${product}-${environment.slice(0, 4)}-${String(host).padStart(2, '0')}.reprieve.example`,
            type: 'ASSET_TYPE_HOST',
            scanner: 'host-agent',
            os: random.pick(['debian 11', 'debian 12', 'ubuntu 22.04']),
            environment,
            exposure: environment === 'production' && random.chance(0.25) ? 'internet' : 'internal',
            criticality: critical ? 'critical' : random.pick(['high', 'medium', 'low']),
            findings: [4, 12],
            entries: PACKAGES,
            tags: [...base.tags, `env:${environment}`, ...(random.chance(0.1) ? ['end-of-life'] : [])],
          })
        }
      }
    }
  }
  return all
}

const severityOf = (cvss: number): string =>
  cvss >= 9 ? 'critical' : cvss >= 7 ? 'high' : cvss >= 4 ? 'medium' : 'low'

/** What the three scanners of the demo company report, one scan of each asset, findings seen over the last 120 days. */
export function* inventory(random: SeededRandom, now: Date): Generator<InstanceEventJson> {
  for (const asset of assets(random)) {
    const scanId = `demo-${asset.scanner}-${asset.name}`
    const described = {
      name: asset.name,
      type: asset.type,
      ...(asset.os ? { os: asset.os } : {}),
      owner: asset.unit.owner,
      businessUnit: asset.unit.name,
      environment: asset.environment,
      exposure: asset.exposure,
      criticality: asset.criticality,
      tags: { values: asset.tags },
    }
    const found = random.sample(asset.entries, random.integer(...asset.findings))
    for (const entry of found) {
      const version = random.pick(entry.versions)
      const slash = entry.purl.lastIndexOf('/')
      yield {
        observed: {
          scanner: asset.scanner,
          scanId,
          asset: described,
          vulnerability: {
            id: entry.id,
            aliases: entry.alias ? [entry.alias] : [],
            title: entry.title,
            link: `https://nvd.nist.gov/vuln/detail/${entry.id}`,
          },
          component: {
            name: entry.purl.slice(slash + 1),
            version,
            purl: `${entry.purl}@${encodeURIComponent(version)}`,
          },
          severity: severityOf(entry.cvss),
          cvss: entry.cvss,
          epss: entry.epss,
          kev: entry.kev,
          fixAvailable: entry.fixed !== null,
          fixedVersions: entry.fixed === null ? [] : [entry.fixed],
          observedAt: new Date(now.getTime() - Math.floor(random.next() ** 2 * 120 * DAY_MS) - 60_000).toISOString(),
        },
      }
    }
    yield {
      scanCompleted: {
        scanner: asset.scanner,
        scanId,
        asset: described,
        findings: String(found.length),
        completedAt: now.toISOString(),
      },
    }
  }
}
