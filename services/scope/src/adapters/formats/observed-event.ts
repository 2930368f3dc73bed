import { create } from '@bufbuild/protobuf'
import { type Timestamp, timestampFromDate } from '@bufbuild/protobuf/wkt'
import { scanner as events } from '@reprieve/contracts'
import {
  type AssetType,
  assetId,
  locationIdentity,
  vulnerabilityIdentity,
  withoutDigest,
} from '../../domain/identity/index.js'
import type { ReadFinding, ReportAsset, ReportOptions } from './report-format.port.js'

// Bounds in characters. What identifies a finding is refused when it is longer, never cut: two cut ones could be equal.
const MAX_ID = 300
const MAX_NAME = 1000
const MAX_PURL = 2000
const MAX_LOCATION = 2000
// What people read is cut.
const MAX_TITLE = 500
const MAX_DESCRIPTION = 4000
const MAX_LINK = 2000
const MAX_WORD = 100
const MAX_VECTOR = 400
const MAX_ALIASES = 50
const MAX_VERSIONS = 20
const MAX_TAGS = 100

const ASSET_TYPES: Record<AssetType, events.AssetType> = {
  host: events.AssetType.HOST,
  container: events.AssetType.CONTAINER,
  image: events.AssetType.IMAGE,
  repository: events.AssetType.REPOSITORY,
  cloudResource: events.AssetType.CLOUD_RESOURCE,
  application: events.AssetType.APPLICATION,
  unknown: events.AssetType.UNKNOWN,
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
const CONTROLS = new RegExp(CONTROL, 'g')

/** A finding that cannot become an event; the message says why, to the person who sent the report. */
export class Unusable extends Error {}

/** Text that PostgreSQL and protobuf can hold: no NUL or other control characters, no half of a surrogate pair. */
function clean(text: string): string {
  return (CONTROL.test(text) ? text.replace(CONTROLS, '') : text).toWellFormed().trim()
}

function shown(text: string | undefined, max: number): string | undefined {
  if (text === undefined) return undefined
  const cleaned = clean(text.length > max ? text.slice(0, max) : text)
  return cleaned === '' ? undefined : cleaned
}

function shownAll(items: readonly string[], max: number): string[] {
  const kept: string[] = []
  for (const item of items) {
    if (kept.length === max) break
    const one = shown(item, MAX_WORD * 2)
    if (one !== undefined) kept.push(one)
  }
  return kept
}

function identifying(text: string | undefined, max: number, what: string): string | undefined {
  if (text === undefined) return undefined
  if (text.length > max) throw new Unusable(`The ${what} is longer than ${max} characters.`)
  const cleaned = clean(text)
  return cleaned === '' ? undefined : cleaned
}

function link(url: string | undefined): string | undefined {
  const cleaned = url === undefined || url.length > MAX_LINK ? undefined : clean(url)
  return cleaned !== undefined && /^https?:\/\//i.test(cleaned) ? cleaned : undefined
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined
}

/**
 * Makes events of findings, for one report. Assets, components and vulnerabilities that come again are the same message
 * object: events must not be changed by who receives them.
 */
export class EventMaker {
  readonly #options: ReportOptions
  readonly #at: Timestamp
  readonly #assets = new WeakMap<ReportAsset, events.Asset>()
  readonly #components = new WeakMap<object, events.Component>()
  readonly #vulnerabilities = new WeakMap<object, events.Vulnerability>()

  constructor(options: ReportOptions) {
    this.#options = options
    this.#at = timestampFromDate(options.receivedAt)
  }

  /** The asset as events carry it, with its id. Throws {@link Unusable}. */
  asset(asset: ReportAsset): events.Asset {
    const known = this.#assets.get(asset)
    if (known) return known
    const given = identifying(asset.name, MAX_NAME, "asset's name")
    const name = given !== undefined && asset.type === 'image' ? withoutDigest(given) : given
    if (name === undefined) throw new Unusable('The asset has no name.')
    const id = assetId({ id: identifying(asset.id, MAX_NAME, "asset's id"), name, type: asset.type })
    const made = create(events.AssetSchema, { id, name, type: ASSET_TYPES[asset.type] })
    const os = shown(asset.os, MAX_WORD)
    if (os !== undefined) made.os = os
    const owner = shown(asset.owner, MAX_WORD * 2)
    if (owner !== undefined) made.owner = owner
    if (asset.tags !== undefined) made.tags = create(events.TagsSchema, { values: shownAll(asset.tags, MAX_TAGS) })
    this.#assets.set(asset, made)
    return made
  }

  /** The finding as an event. Throws {@link Unusable}. */
  observed(finding: ReadFinding, sequence: number): events.Observed {
    const { scanner, scanId, reportId } = this.#options
    const location = identifying(finding.location, MAX_LOCATION, 'location')
    const vulnerability = this.#vulnerability(finding.vulnerability)
    const component = finding.component && this.#component(finding.component)
    const event = create(events.ObservedSchema, {
      scanner,
      scanId,
      reportId,
      sequence: BigInt(sequence),
      asset: this.asset(finding.asset),
      vulnerability,
      observedAt: this.#at,
    })
    if (component !== undefined) event.component = component
    const place = locationIdentity(location)
    if (place !== undefined) event.location = place
    const placeText = shown(finding.locationText, MAX_LOCATION)
    if (placeText !== undefined) event.locationText = placeText
    const port = Number.isInteger(finding.port) ? within(finding.port, 0, 65_535) : undefined
    if (port !== undefined) event.port = port
    const severity = shown(finding.severity, MAX_WORD)
    if (severity !== undefined) event.severity = severity
    const cvss = within(finding.cvss, 0, 10)
    if (cvss !== undefined) event.cvss = cvss
    const vector = shown(finding.cvssVector, MAX_VECTOR)
    if (vector !== undefined) event.cvssVector = vector
    const epss = within(finding.epss, 0, 1)
    if (epss !== undefined) event.epss = epss
    if (finding.kev !== undefined) event.kev = finding.kev
    if (finding.fixAvailable !== undefined) event.fixAvailable = finding.fixAvailable
    if (finding.fixedVersions !== undefined) event.fixedVersions = shownAll(finding.fixedVersions, MAX_VERSIONS)
    if (finding.suppressed !== undefined) event.suppressed = finding.suppressed
    return event
  }

  /** `findings`: how many must have arrived for the scan of this asset to be complete. */
  completed(asset: events.Asset, findings: number): events.ScanCompleted {
    const { scanner, scanId, reportId } = this.#options
    return create(events.ScanCompletedSchema, {
      scanner,
      scanId,
      reportId,
      asset,
      findings: BigInt(findings),
      completedAt: this.#at,
    })
  }

  #vulnerability(source: ReadFinding['vulnerability']): events.Vulnerability {
    const known = this.#vulnerabilities.get(source)
    if (known) return known
    const own = identifying(source.id, MAX_ID, "vulnerability's id")
    if (own === undefined) throw new Unusable('The vulnerability has no id.')
    const others: string[] = []
    for (const alias of source.aliases ?? []) {
      if (others.length === MAX_ALIASES) break
      if (alias.length <= MAX_ID) others.push(clean(alias))
    }
    const { id, aliases } = vulnerabilityIdentity(own, others)
    const made = create(events.VulnerabilitySchema, { id, aliases: [...aliases] })
    const title = shown(source.title, MAX_TITLE)
    if (title !== undefined) made.title = title
    const description = shown(source.description, MAX_DESCRIPTION)
    if (description !== undefined) made.description = description
    const url = link(source.link)
    if (url !== undefined) made.link = url
    this.#vulnerabilities.set(source, made)
    return made
  }

  #component(source: NonNullable<ReadFinding['component']>): events.Component | undefined {
    const known = this.#components.get(source)
    if (known) return known
    const name = identifying(source.name, MAX_NAME, "component's name")
    const version = identifying(source.version, MAX_ID, "component's version")
    const purl = identifying(source.purl, MAX_PURL, 'package URL')
    if (name === undefined && purl === undefined) return undefined
    const made = create(events.ComponentSchema)
    if (name !== undefined) made.name = name
    if (version !== undefined) made.version = version
    if (purl !== undefined) made.purl = purl
    this.#components.set(source, made)
    return made
  }
}
