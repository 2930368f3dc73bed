import {
  type AssetType,
  type CvssRating,
  chooseCvss,
  isSystemPackage,
  pathNamesAsset,
} from '../../../domain/identity/index.js'
import { type Fields, fields, firstText, isFields, list, number, text, texts } from '../json/fields.js'
import type { Scope } from '../json/outline.js'
import { ReportFault } from '../report-fault.js'
import type { FormatReader, ReaderOptions, Reading, ReportAsset } from '../report-format.port.js'

/** `fix.state` as Grype writes it; `unknown` and anything else say nothing. */
const FIX: ReadonlyMap<string, boolean> = new Map([
  ['fixed', true],
  ['not-fixed', false],
  ['wont-fix', false],
])

export class GrypeReader implements FormatReader {
  readonly #options: ReaderOptions
  #asset: ReportAsset | undefined
  #seen = false

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  ready(scope: Scope): boolean {
    return scope.slots.has('source') && scope.slots.has('distro')
  }

  finish(root: Scope): readonly ReportAsset[] {
    const tool = text(root.slots.get('tool'))
    if (tool !== undefined && tool !== 'grype' && !this.#seen)
      throw new ReportFault(
        'UNKNOWN_FORMAT',
        'The report has matches like one of Grype, but is of another tool.',
        '/descriptor/name',
      )
    return [this.#assetOf(root)]
  }

  read(of: string, value: unknown, scope: Scope): readonly Reading[] {
    this.#seen = true
    const asset = this.#assetOf(scope)
    if (!isFields(value)) return [{ rejected: 'Expected an object here.', asset }]
    // What Grype's own rules leave out of its findings (packages of the kernel's headers, say, or a user's list).
    if (of === 'ignored') return [{ ignored: "left out by Grype's ignore rules", asset }]
    const vulnerability = fields(value['vulnerability'])
    const artifact = fields(value['artifact'])
    const id = text(vulnerability['id'])
    if (id === undefined) return [{ rejected: 'The match has no vulnerability.id.', asset }]
    const related = list(value['relatedVulnerabilities']).map(fields)
    const cvss = chooseCvss(ratings(vulnerability)) ?? chooseCvss(related.flatMap(ratings))
    const fix = fields(vulnerability['fix'])
    const fixedVersions = texts(fix['versions'])
    const purl = text(artifact['purl'])
    const place = placeOf(artifact)
    const system = purl !== undefined && isSystemPackage(purl)
    return [
      {
        finding: {
          asset,
          vulnerability: {
            id,
            aliases: related.flatMap((other) => text(other['id']) ?? []),
            description: firstText(vulnerability['description'], ...related.map((other) => other['description'])),
            link: firstText(vulnerability['dataSource'], ...list(vulnerability['urls'])),
          },
          component: { name: text(artifact['name']), version: text(artifact['version']), purl },
          location: system ? undefined : place,
          locationText: place,
          severity: firstText(vulnerability['severity'], ...related.map((other) => other['severity'])),
          cvss: cvss?.score,
          cvssVector: cvss?.vector,
          epss: epss(vulnerability, id) ?? related.map((other) => epss(other, id)).find((found) => found !== undefined),
          kev: [vulnerability, ...related].some((one) => list(one['knownExploited']).length > 0) || undefined,
          fixAvailable: fixedVersions.length > 0 ? true : FIX.get(text(fix['state']) ?? ''),
          fixedVersions,
        },
      },
    ]
  }

  #assetOf(root: Scope): ReportAsset {
    this.#asset ??= this.#options.naming.require(
      named(fields(root.slots.get('source')), fields(root.slots.get('distro'))),
      'unknown',
      'names no asset in "source" that would be the same elsewhere',
      '/source',
    )
    return this.#asset
  }
}

function ratings(vulnerability: Fields): CvssRating[] {
  return list(vulnerability['cvss']).map((entry) => {
    const cvss = fields(entry)
    return {
      version: text(cvss['version']),
      vector: text(cvss['vector']),
      score: number(fields(cvss['metrics'])['baseScore']),
      preferred: text(cvss['type']) === 'Primary',
    }
  })
}

/** The probability for this very CVE where several are listed, else the highest. */
function epss(vulnerability: Fields, id: string): number | undefined {
  let highest: number | undefined
  for (const entry of list(vulnerability['epss'])) {
    const { cve, epss: value } = fields(entry)
    const found = number(value)
    if (found === undefined) continue
    if (cve === id) return found
    highest = highest === undefined ? found : Math.max(highest, found)
  }
  return highest
}

function placeOf(artifact: Fields): string | undefined {
  const virtual = text(fields(artifact['metadata'])['virtualPath'])
  const first = fields(list(artifact['locations'])[0])
  return firstText(virtual, first['path'], first['accessPath'], first['realPath'])
}

function named(source: Fields, distro: Fields): ReportAsset | undefined {
  const os = [distro['name'], distro['version']].flatMap((part) => text(part) ?? []).join(' ') || undefined
  const type = text(source['type']) ?? ''
  const target = source['target']
  if (type === 'image' || isFields(target)) {
    const image = fields(target)
    const input = text(image['userInput'])
    const tags = texts(image['tags'])
    // An archive's path or a bare id is no name of the image; what it is tagged as is.
    const nameless = input === undefined || /^[./]|\.tar(?:\.gz)?$|^(?:sha256:)?[0-9a-f]{12,64}$/.test(input)
    const name = nameless ? firstText(tags[0], texts(image['repoDigests'])[0], input, image['imageID']) : input
    return name === undefined ? undefined : { name, type: 'image', os }
  }
  const path = firstText(target, source['name'])
  if (path === undefined || !pathNamesAsset(path)) return undefined
  const kind: AssetType = type === 'directory' || type === 'file' ? 'repository' : 'unknown'
  return { name: path, type: kind, os }
}
