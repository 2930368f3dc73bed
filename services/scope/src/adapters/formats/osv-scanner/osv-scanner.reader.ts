import { type AssetType, chooseCvss, isSystemEcosystem, packageUrlOf } from '../../../domain/identity/index.js'
import { type Fields, fields, isFields, list, number, text, texts } from '../json/fields.js'
import type { Scope } from '../json/outline.js'
import { ReportFault } from '../report-fault.js'
import type { FormatReader, ReaderOptions, ReadFinding, Reading, ReportAsset } from '../report-format.port.js'

/** Kinds of `source` that lie inside a container image. */
const IN_IMAGE = new Set(['docker', 'os', 'artifact'])

/** What is the same for all vulnerabilities of one package. */
interface PackageContext {
  readonly component: NonNullable<ReadFinding['component']>
  readonly ecosystem: string | undefined
  readonly groups: readonly Fields[]
}

export class OsvScannerReader implements FormatReader {
  readonly #options: ReaderOptions
  /** One object an asset, so that its event is made once. */
  readonly #assets = new Map<string, ReportAsset>()

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  ready(scope: Scope): boolean {
    return scope.closed && scope.parent?.slots.has('source') === true
  }

  closed(scope: Scope): void {
    if (scope.kind !== 'result') return
    if (!isFields(scope.slots.get('source')))
      throw new ReportFault(
        'UNKNOWN_FORMAT',
        'The report has results like one of OSV-Scanner, but they name no source.',
        '/results',
      )
    this.#assetOf(scope)
  }

  finish(): readonly ReportAsset[] {
    if (this.#assets.size > 0) return [...this.#assets.values()]
    return [this.#options.naming.require(undefined, 'repository', 'finds nothing and names no asset')]
  }

  read(_of: string, value: unknown, scope: Scope): readonly Reading[] {
    const result = scope.parent ?? scope
    const asset = this.#assetOf(result)
    if (!isFields(value)) return [{ rejected: 'Expected an object here.', asset }]
    const id = text(value['id'])
    if (id === undefined) return [{ rejected: 'The vulnerability has no id.', asset }]
    if (text(value['withdrawn']) !== undefined) return [{ ignored: 'withdrawn by its database', asset }]
    scope.made ??= packageContext(scope)
    const { component, ecosystem, groups } = scope.made as PackageContext
    const group = groups.find((one) => list(one['ids']).includes(id) || list(one['aliases']).includes(id))
    const specific = fields(value['database_specific'])
    const cvss = chooseCvss(
      list(value['severity']).map((entry) => {
        const { type, score } = fields(entry)
        return { version: text(type), vector: text(score), score: number(score) }
      }),
    )
    const place = text(fields(result.slots.get('source'))['path'])
    const system = ecosystem !== undefined && isSystemEcosystem(ecosystem)
    const fixedVersions = fixes(value, component.name)
    return [
      {
        finding: {
          asset,
          vulnerability: {
            id,
            aliases: [...texts(value['aliases']), ...texts(group?.['ids']), ...texts(group?.['aliases'])],
            title: text(value['summary']),
            description: text(value['details']),
            link: `https://osv.dev/vulnerability/${encodeURIComponent(id.toWellFormed())}`,
          },
          component,
          location: system ? undefined : place,
          locationText: place,
          severity: text(specific['severity']),
          cvss: cvss?.score ?? number(group?.['max_severity']),
          cvssVector: cvss?.vector,
          fixAvailable: fixedVersions.length > 0 || undefined,
          fixedVersions,
        },
      },
    ]
  }

  #assetOf(result: Scope): ReportAsset {
    const source = fields(result.slots.get('source'))
    const kind = text(source['type']) ?? ''
    // A given name must be one asset at every scan, also at one that finds nothing and so tells no kind.
    const type: AssetType = IN_IMAGE.has(kind) && !this.#options.naming.given ? 'image' : 'repository'
    // Only `--docker` of version 1 puts the image's name there; everything else is a path.
    const image = kind === 'docker' ? text(source['path']) : undefined
    const asset = this.#options.naming.require(
      image === undefined ? undefined : { name: image, type },
      type,
      'names files but no asset',
    )
    const key = `${asset.type}\n${asset.name}`
    const known = this.#assets.get(key)
    if (known) return known
    this.#assets.set(key, asset)
    return asset
  }
}

function packageContext(scope: Scope): PackageContext {
  const about = fields(scope.slots.get('package'))
  const name = text(about['name'])
  const version = text(about['version'])
  const ecosystem = text(about['ecosystem'])
  const purl = name !== undefined && ecosystem !== undefined ? packageUrlOf(ecosystem, name, version) : undefined
  return {
    component: { name, version, purl },
    ecosystem,
    groups: list(scope.slots.get('groups')).map(fields),
  }
}

/** The versions of this package in which it is fixed, not those of other packages the advisory lists, and no commits. */
function fixes(vulnerability: Fields, name: string | undefined): string[] {
  const found = new Set<string>()
  for (const entry of list(vulnerability['affected'])) {
    const affected = fields(entry)
    const about = fields(affected['package'])
    if (name !== undefined && text(about['name']) !== name) continue
    for (const range of list(affected['ranges'])) {
      const { type, events } = fields(range)
      if (type === 'GIT') continue
      for (const event of list(events)) {
        const fixed = text(fields(event)['fixed'])
        if (fixed !== undefined) found.add(fixed)
      }
    }
  }
  return [...found]
}
