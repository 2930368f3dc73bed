import { type AssetType, isSystemEcosystem, packageUrlOf, pathNamesAsset } from '../../../domain/identity/index.js'
import { type Fields, fields, firstText, isFields, text, texts } from '../json/fields.js'
import type { Scope } from '../json/outline.js'
import type { FormatReader, ReaderOptions, ReadFinding, Reading, ReportAsset } from '../report-format.port.js'
import { fixOf, ratingsOf } from './trivy-ratings.js'

/** What a workload costs in memory beside its name. */
const WORKLOAD_BYTES = 200

type Place = Pick<ReadFinding, 'location' | 'locationText'>

/** The labels Trivy puts in place of a path where packages lie scattered; then each has its own path. */
const LABELS = new Set(['Node.js', 'Python', 'Ruby', 'Java', 'Conda', 'C#', 'Rust', 'Go', 'PHP', 'Julia', 'WordPress'])

const ASSET_TYPES: ReadonlyMap<string, AssetType> = new Map([
  ['container_image', 'image'],
  ['repository', 'repository'],
  ['filesystem', 'repository'],
  ['vm', 'host'],
  ['aws_account', 'cloudResource'],
  ['cyclonedx', 'application'],
  ['spdx', 'application'],
])
const WHY = 'names no asset that would be the same elsewhere, by ArtifactName or Metadata.RepoTags'

export class TrivyReader implements FormatReader {
  readonly #options: ReaderOptions
  #metadata: Scope | undefined
  /** Named by the whole report. */
  #asset: ReportAsset | undefined
  /** The workloads of a cluster, by name; made when the cluster's name is known. */
  readonly #workloads = new Map<string, ReportAsset | undefined>()

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  ready(scope: Scope): boolean {
    if (scope.kind !== 'result') return false
    const { slots, parent } = scope
    const told = scope.closed || (slots.has('Target') && slots.has('Class') && slots.has('Type'))
    if (!told || parent === undefined) return false
    if (parent.kind === 'resource') return parent.closed && parent.parent?.slots.has('ClusterName') === true
    return this.#metadata !== undefined && parent.slots.has('ArtifactName') && parent.slots.has('ArtifactType')
  }

  closed(scope: Scope): void {
    if (scope.kind === 'metadata') this.#metadata = scope
    if (scope.kind !== 'resource') return
    const name = workload(scope)
    if (!this.#workloads.has(name)) {
      this.#options.keep(WORKLOAD_BYTES + name.length)
      this.#workloads.set(name, undefined)
    }
  }

  finish(root: Scope): readonly ReportAsset[] {
    if (this.#workloads.size > 0) return [...this.#workloads.keys()].map((name) => this.#workload(root, name))
    return [this.#wholeReport(root)]
  }

  read(of: string, value: unknown, scope: Scope): readonly Reading[] {
    const asset = this.#assetOf(scope)
    if (!isFields(value)) return [{ rejected: 'Expected an object here.', asset }]
    switch (of) {
      case 'vulnerability':
        return [this.#vulnerability(value, scope, asset)]
      case 'misconfiguration':
        return [this.#misconfiguration(value, scope, asset)]
      case 'secret':
        return [this.#secret(value, scope, asset)]
      case 'licence':
        return [{ ignored: 'a licence, no vulnerability', asset }]
      default: {
        const status = text(value['Status']) ?? 'modified'
        return [{ ignored: `left out by Trivy as ${status.replaceAll('_', ' ').slice(0, 40)}`, asset }]
      }
    }
  }

  #vulnerability(value: Fields, scope: Scope, asset: ReportAsset): Reading {
    const id = text(value['VulnerabilityID'])
    if (id === undefined) return { rejected: 'The vulnerability has no VulnerabilityID.', asset }
    const name = text(value['PkgName'])
    const version = text(value['InstalledVersion'])
    const kind = text(scope.slots.get('Type'))
    const system = text(scope.slots.get('Class')) === 'os-pkgs' || (kind !== undefined && isSystemEcosystem(kind))
    const own = text(fields(value['PkgIdentifier'])['PURL'])
    const purl = own ?? (kind !== undefined && name !== undefined ? packageUrlOf(kind, name, version) : undefined)
    const target = text(scope.slots.get('Target'))
    const path = text(value['PkgPath']) ?? (target !== undefined && LABELS.has(target) ? undefined : target)
    return {
      finding: {
        asset,
        vulnerability: {
          id,
          // Vendors' advisories bundle vulnerabilities; only what is one by itself may stand as an alias.
          aliases: texts(value['VendorIDs']).filter((vendor) => /^GHSA-/i.test(vendor)),
          title: text(value['Title']),
          description: text(value['Description']),
          link: text(value['PrimaryURL']),
        },
        component: { name, version, purl },
        ...this.#place(scope, system ? undefined : path, path),
        ...ratingsOf(value),
        ...fixOf(value),
        suppressed: text(value['Status']) === 'not_affected' || undefined,
      },
    }
  }

  #misconfiguration(value: Fields, scope: Scope, asset: ReportAsset): Reading {
    const status = text(value['Status'])?.toUpperCase()
    if (status === 'PASS') return { ignored: 'a check that passed', asset }
    const id = firstText(value['ID'], value['AVDID'])
    if (id === undefined) return { rejected: 'The misconfiguration has no ID.', asset }
    const target = text(scope.slots.get('Target'))
    const cause = fields(value['CauseMetadata'])
    const resource = text(cause['Resource'])
    const inside = resource === undefined || target === undefined ? (target ?? resource) : `${target}#${resource}`
    return {
      finding: {
        asset,
        vulnerability: {
          id,
          aliases: texts([value['AVDID']]),
          title: text(value['Title']),
          description: firstText(value['Message'], value['Description']),
          link: text(value['PrimaryURL']),
        },
        ...this.#place(scope, inside, withLine(target, cause['StartLine'])),
        severity: text(value['Severity']),
        // "EXCEPTION": excluded by a policy of the user's.
        suppressed: status === 'EXCEPTION' || undefined,
      },
    }
  }

  /** `Match` and `Code` show the secret, however masked: neither is ever looked at. */
  #secret(value: Fields, scope: Scope, asset: ReportAsset): Reading {
    const id = text(value['RuleID'])
    if (id === undefined) return { rejected: 'The secret has no RuleID.', asset }
    const target = text(scope.slots.get('Target'))
    return {
      finding: {
        asset,
        vulnerability: { id, title: text(value['Title']), description: text(value['Category']) },
        ...this.#place(scope, target, withLine(target, value['StartLine'])),
        severity: text(value['Severity']),
      },
    }
  }

  #place(scope: Scope, location: string | undefined, locationText: string | undefined): Place {
    const resource =
      scope.parent?.kind === 'resource' && this.#options.naming.given ? workload(scope.parent) : undefined
    if (resource === undefined) return { location, locationText }
    return {
      location: location === undefined ? resource : `${resource}/${location}`,
      locationText: locationText === undefined ? resource : `${resource}: ${locationText}`,
    }
  }

  #assetOf(scope: Scope): ReportAsset {
    const owner = scope.kind === 'result' ? scope.parent : scope
    if (owner?.kind === 'resource') return this.#workload(owner.parent ?? owner, workload(owner))
    return this.#wholeReport(owner ?? scope)
  }

  #wholeReport(root: Scope): ReportAsset {
    this.#asset ??= this.#options.naming.require(named(root, this.#metadata), 'unknown', WHY)
    return this.#asset
  }

  #workload(root: Scope, name: string): ReportAsset {
    const known = this.#workloads.get(name)
    if (known) return known
    const cluster = text(root.slots.get('ClusterName')) ?? 'cluster'
    const asset = this.#options.naming.require({ name: `${cluster}/${name}`, type: 'container' }, 'container', WHY)
    this.#workloads.set(name, asset)
    return asset
  }
}

function workload({ slots }: Scope): string {
  return [slots.get('Namespace'), slots.get('Kind'), slots.get('Name')].flatMap((part) => text(part) ?? []).join('/')
}

function withLine(target: string | undefined, line: unknown): string | undefined {
  const number = typeof line === 'number' && line > 0 ? line : undefined
  return target === undefined || number === undefined ? target : `${target}:${number}`
}

function named(root: Scope, metadata: Scope | undefined): ReportAsset | undefined {
  const about = metadata?.slots
  const { Family, Name } = fields(about?.get('OS'))
  const os = [Family, Name].flatMap((part) => text(part) ?? []).join(' ') || undefined
  const kind = text(root.slots.get('ArtifactType'))
  const tag = firstText(...texts(about?.get('RepoTags')), ...texts(about?.get('RepoDigests')))
  const artifact = text(root.slots.get('ArtifactName'))
  const given = kind === undefined ? undefined : (ASSET_TYPES.get(kind) ?? 'unknown')
  // Reports before ArtifactType: only images have tags or an image's id.
  const type = given ?? (tag !== undefined || about?.has('ImageID') ? 'image' : 'unknown')
  if (type === 'image') {
    const archive = artifact === undefined || /^[./]|\.tar(?:\.gz)?$/.test(artifact)
    const name = (archive ? (tag ?? artifact) : artifact) ?? text(about?.get('ImageID'))
    return name === undefined ? undefined : { name, type, os }
  }
  if (type === 'repository') {
    const url = text(about?.get('RepoURL'))
    if (url !== undefined) return { name: url, type, os }
    if (artifact === undefined || !pathNamesAsset(artifact)) return undefined
    // The root of a machine, not a folder of sources.
    return { name: artifact, type: kind === 'filesystem' && os !== undefined ? 'host' : type, os }
  }
  return artifact === undefined || !pathNamesAsset(artifact) ? undefined : { name: artifact, type, os }
}
