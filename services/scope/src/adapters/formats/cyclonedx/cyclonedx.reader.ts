import { type AssetType, isSystemPackage, isVulnerabilityId, pathNamesAsset } from '../../../domain/identity/index.js'
import { fields, firstText, isFields, list, ownMember, text } from '../json/fields.js'
import type { Scope } from '../json/outline.js'
import { ReportFault } from '../report-fault.js'
import type { FormatReader, ReaderOptions, ReadFinding, Reading, ReportAsset } from '../report-format.port.js'
import { type ChosenRatings, chooseRatings } from './cyclonedx-ratings.js'

interface Component {
  readonly name: string | undefined
  readonly version: string | undefined
  readonly purl: string | undefined
  readonly location: string | undefined
}

/** What a component costs in memory beside its texts. */
const COMPONENT_BYTES = 200

const ASSET_TYPES: ReadonlyMap<string, AssetType> = new Map([
  ['container', 'image'],
  ['operating-system', 'host'],
  ['device', 'host'],
  ['application', 'application'],
  ['framework', 'application'],
  ['library', 'application'],
  ['platform', 'application'],
])

/** States of analysis by which the report itself says that nothing needs to be done (CycloneDX 1.6, impactAnalysisState). */
const SETTLED = new Set(['resolved', 'resolved_with_pedigree', 'false_positive', 'not_affected'])
/** Properties by which scanners tell where a component lies: Syft (and Grype), Trivy. */
const PLACES = ['syft:location:0:path', 'aquasecurity:trivy:FilePath']

/** An image's tag by the reference grammar; a digest has a colon and is none. */
const TAG = /^\w[\w.-]{0,127}$/

const SUBJECT = 'the component the report is about'

export class CycloneDxReader implements FormatReader {
  readonly #options: ReaderOptions
  readonly #components = new Map<string, Component>()
  #subject: ReportAsset | undefined
  #subjectRef: string | undefined
  #metadataRead = false
  #componentsRead = false

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  ready(scope: Scope): boolean {
    return this.#metadataRead && this.#componentsRead && scope.slots.has('bomFormat')
  }

  closed(scope: Scope): void {
    if (scope.kind === 'metadata') this.#metadataRead = true
    else if (scope.kind === 'components') this.#componentsRead = true
    else if (scope.kind === 'component') {
      if (scope.parent?.kind === 'metadata') this.#takeSubject(scope)
      this.#takeComponent(scope)
    }
  }

  finish(root: Scope): readonly ReportAsset[] {
    if (text(root.slots.get('bomFormat')) !== 'CycloneDX')
      throw new ReportFault('UNKNOWN_FORMAT', 'The report looks like CycloneDX but has no "bomFormat": "CycloneDX".')
    const version = text(root.slots.get('specVersion'))
    if (version !== undefined && !/^1\.\d+$/.test(version))
      throw new ReportFault('UNSUPPORTED_VERSION', 'Of CycloneDX, the versions 1.x are read.', '/specVersion')
    return [this.#asset()]
  }

  read(_of: string, value: unknown): readonly Reading[] {
    const asset = this.#asset()
    if (!isFields(value)) return [{ rejected: 'Expected an object here.', asset }]
    const references = list(value['references']).flatMap((reference) => text(fields(reference)['id']) ?? [])
    const id = firstText(value['id']) ?? references.find(isVulnerabilityId)
    if (id === undefined) return [{ rejected: 'The vulnerability has no id.', asset }]
    const source = fields(value['source'])
    const ratings = chooseRatings(value['ratings'], text(source['name']))
    const shared = {
      asset,
      vulnerability: {
        id,
        aliases: references,
        // `detail` is the longer text where there are both; there is no title in this format.
        description: firstText(value['description'], value['detail']),
        link: firstText(source['url'], fields(list(value['advisories'])[0])['url']),
      },
      ...ratings,
      ...fix(value),
      suppressed: SETTLED.has(text(fields(value['analysis'])['state']) ?? '') || undefined,
    }
    const affects = list(value['affects'])
    if (affects.length === 0) return [{ finding: shared }]
    return affects.map((affected, index) => this.#affected(affected, index, shared))
  }

  #affected(affected: unknown, index: number, shared: SharedFinding): Reading {
    const { asset } = shared
    const ref = text(fields(affected)['ref']) ?? text(affected)
    if (ref === undefined) return { rejected: 'What is affected has no ref.', at: `/affects/${index}`, asset }
    const versions = list(fields(affected)['versions']).map(fields)
    if (versions.length > 0 && versions.every((version) => text(version['status']) === 'unaffected'))
      return { ignored: 'unaffected', asset }
    // A BOM-Link, urn:cdx:serial/version#ref, names a component in this or in another BOM.
    const own = ref.startsWith('urn:cdx:') ? decoded(ref.slice(ref.indexOf('#') + 1)) : ref
    const component = this.#components.get(ref) ?? this.#components.get(own) ?? unlisted(own)
    if (own === this.#subjectRef || ref === this.#subjectRef) return { finding: { ...shared, component } }
    const place = component.location
    const system = component.purl !== undefined && isSystemPackage(component.purl)
    return {
      finding: { ...shared, component, location: system ? undefined : place, locationText: place },
    }
  }

  #asset(): ReportAsset {
    return this.#options.naming.require(
      this.#subject,
      'application',
      `names no asset (${SUBJECT})`,
      '/metadata/component',
    )
  }

  #takeSubject(scope: Scope): void {
    const { slots } = scope
    this.#subjectRef = text(slots.get('bom-ref'))
    const name = text(slots.get('name'))
    if (name === undefined) return
    const kind = text(slots.get('type')) ?? ''
    const type = ASSET_TYPES.get(kind) ?? 'unknown'
    const group = text(slots.get('group'))
    const version = text(slots.get('version'))
    if (kind === 'file') {
      if (pathNamesAsset(name)) this.#subject = { name, type: 'repository' }
    } else if (type === 'image' && version !== undefined && TAG.test(version) && !/:[^/]*$/.test(name)) {
      this.#subject = { name: `${name}:${version}`, type }
    } else this.#subject = { name: group === undefined ? name : `${group}/${name}`, type }
  }

  #takeComponent({ slots }: Scope): void {
    const ref = text(slots.get('bom-ref')) ?? text(slots.get('purl'))
    if (ref === undefined) return
    const name = text(slots.get('name'))
    const group = text(slots.get('group'))
    const purl = text(slots.get('purl'))
    const component: Component = {
      name: group !== undefined && name !== undefined ? `${group}/${name}` : name,
      version: text(slots.get('version')),
      // The same string object as the key costs its memory once.
      purl: purl === ref ? ref : purl,
      location: place(slots),
    }
    let bytes = COMPONENT_BYTES + ref.length
    for (const part of [component.name, component.version, component.location]) bytes += part?.length ?? 0
    this.#options.keep(bytes + (purl === ref ? 0 : (purl?.length ?? 0)))
    this.#components.set(ref, component)
  }
}

type SharedFinding = Omit<ReadFinding, 'component' | 'location' | 'locationText'> & ChosenRatings

/** A component that is not in the report: its ref is all that is known, often a package URL. */
function unlisted(ref: string): Component {
  if (!ref.startsWith('pkg:')) return { name: ref, version: undefined, purl: undefined, location: undefined }
  const version = /@([^@/?#]+)(?:[?#]|$)/.exec(ref)?.[1]
  return { name: undefined, version: version && decoded(version), purl: ref, location: undefined }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function place(slots: ReadonlyMap<string, unknown>): string | undefined {
  for (const property of list(slots.get('properties'))) {
    const { name, value } = fields(property)
    if (PLACES.includes(name as string)) return text(value)
  }
  return text(fields(list(slots.get('occurrences'))[0])['location'])
}

function fix(vulnerability: Readonly<Record<string, unknown>>): Pick<ReadFinding, 'fixAvailable' | 'fixedVersions'> {
  // Trivy's sentence; the format has no field for it.
  const advised = /^Upgrade \S+ to version (\S.*)$/.exec(text(vulnerability['recommendation']) ?? '')?.[1]
  if (advised !== undefined) {
    const fixedVersions = advised.split(/[,;]\s*/).filter((version) => version !== '')
    return { fixAvailable: true, fixedVersions }
  }
  const responses = list(ownMember(vulnerability['analysis'], 'response'))
  return responses.includes('update') ? { fixAvailable: true } : {}
}
