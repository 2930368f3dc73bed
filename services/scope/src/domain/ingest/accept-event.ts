import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { scanner } from '@reprieve/contracts'
import { type AssetType, assetId, severityOf, vulnerabilityIdentity } from '../identity/index.js'
import { arrivalHash, factsHash, placeOf } from './digest.js'
import type { AssetFacts, Completed, FindingFacts, IngestRecord, Observed, Refused, Resolved } from './record.js'

/** Most characters of each text. What is longer is refused, but for what only describes: that is cut. */
export const EVENT_LIMITS = {
  scanner: 200,
  scanId: 200,
  // Asset ids and names are indexed, and PostgreSQL's index entries end at 2 704 bytes.
  assetIdBytes: 2_000,
  assetNameBytes: 2_000,
  assetText: 200,
  tags: 200,
  tag: 300,
  vulnerabilityId: 300,
  aliases: 100,
  title: 1_000,
  description: 20_000,
  link: 2_000,
  componentName: 1_000,
  version: 500,
  purl: 2_000,
  location: 4_000,
  severity: 100,
  cvssVector: 400,
  fixedVersions: 100,
  findings: 1_000_000_000,
  sequence: 1_000_000_000_000,
  /** Clocks differ; further ahead than this is no clock that can be believed. */
  futureMs: 5 * 60_000,
} as const

/** Why a record cannot be taken, told to whoever published it. */
class Refusal extends Error {}

const ASSET_TYPES: Readonly<Record<number, AssetType>> = {
  [scanner.AssetType.HOST]: 'host',
  [scanner.AssetType.CONTAINER]: 'container',
  [scanner.AssetType.IMAGE]: 'image',
  [scanner.AssetType.REPOSITORY]: 'repository',
  [scanner.AssetType.CLOUD_RESOURCE]: 'cloudResource',
  [scanner.AssetType.APPLICATION]: 'application',
}
const EXPOSURES = ['internet', 'internal', 'isolated'] as const
const CRITICALITIES = ['critical', 'high', 'medium', 'low'] as const

/**
 * Checks one event and brings it into one form: identities worked out, words mapped, blanks gone.
 * @param now what "in the future" is measured against
 */
export function acceptEvent(event: scanner.InstanceEvent, now: Date): IngestRecord | Refused {
  const { event: body } = event
  if (body.case === undefined) {
    return { kind: 'refused', reason: 'it is none of observed, resolved, scanCompleted', scan: null }
  }
  try {
    switch (body.case) {
      case 'observed':
        return observed(body.value, now)
      case 'resolved':
        return resolved(body.value, now)
      case 'scanCompleted':
        return completed(body.value, now)
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { kind: 'refused', reason: error.message, scan: body.case === 'observed' ? scanOf(body.value, now) : null }
  }
}

function observed(value: scanner.Observed, now: Date): Observed {
  const asset = assetFacts(value.asset)
  const facts = findingFacts(value)
  const scanId = required('scanId', value.scanId, EVENT_LIMITS.scanId)
  const at = instant('observedAt', value.observedAt, now)
  const hash = factsHash(facts)
  const finding = findingOf(value)
  return {
    kind: 'observed',
    scanner: required('scanner', value.scanner, EVENT_LIMITS.scanner),
    scanId,
    assetId: assetIdOf(value.asset, asset),
    asset,
    at,
    reportId: reportIdOf(value.reportId),
    ...finding,
    facts,
    hash,
    description: cut(value.vulnerability?.description, EVENT_LIMITS.description),
    link: linkOf(value.vulnerability?.link),
    // Not by its time: a finding that is sent once more with a new one must not stand in for another that was lost.
    arrival: arrivalOf(value, [finding.vulnerability[0], finding.place, hash]),
  }
}

function resolved(value: scanner.Resolved, now: Date): Resolved {
  const asset = assetFacts(value.asset)
  return {
    kind: 'resolved',
    scanner: required('scanner', value.scanner, EVENT_LIMITS.scanner),
    scanId: required('scanId', value.scanId, EVENT_LIMITS.scanId),
    assetId: assetIdOf(value.asset, asset),
    asset,
    at: instant('observedAt', value.observedAt, now),
    reportId: null,
    ...findingOf(value),
    componentVersion: text('component.version', value.component?.version, EVENT_LIMITS.version),
  }
}

function completed(value: scanner.ScanCompleted, now: Date): Completed {
  const asset = assetFacts(value.asset)
  const announced = Number(value.findings)
  if (announced < 0 || announced > EVENT_LIMITS.findings) {
    throw new Refusal(`findings must be from 0 to ${EVENT_LIMITS.findings}`)
  }
  return {
    kind: 'completed',
    scanner: required('scanner', value.scanner, EVENT_LIMITS.scanner),
    scanId: required('scanId', value.scanId, EVENT_LIMITS.scanId),
    assetId: assetIdOf(value.asset, asset),
    asset,
    at: instant('completedAt', value.completedAt, now),
    reportId: reportIdOf(value.reportId),
    announced,
  }
}

/** The scan that a refused observation belongs to, if at least that much of it is sound. */
function scanOf(value: scanner.Observed, now: Date): Refused['scan'] {
  try {
    const asset = assetFacts(value.asset)
    return {
      scanner: required('scanner', value.scanner, EVENT_LIMITS.scanner),
      scanId: required('scanId', value.scanId, EVENT_LIMITS.scanId),
      assetId: assetIdOf(value.asset, asset),
      asset,
      at: now.getTime(),
      reportId: reportIdOf(value.reportId),
      arrival: arrivalOf(value, [
        value.vulnerability?.id ?? null,
        value.component?.purl ?? value.component?.name ?? null,
        value.location ?? null,
        value.severity ?? null,
        String(value.cvss ?? ''),
      ]),
    }
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

function arrivalOf(value: scanner.Observed, otherwise: readonly unknown[]): number {
  if (value.sequence === undefined) return arrivalHash(...otherwise)
  const sequence = Number(value.sequence)
  if (sequence < 0 || sequence > EVENT_LIMITS.sequence) {
    throw new Refusal(`sequence must be from 0 to ${EVENT_LIMITS.sequence}`)
  }
  return sequence
}

function assetFacts(asset: scanner.Asset | undefined): AssetFacts {
  if (asset === undefined) throw new Refusal('asset is missing')
  const name = required('asset.name', asset.name, EVENT_LIMITS.assetNameBytes)
  if (Buffer.byteLength(name) > EVENT_LIMITS.assetNameBytes) {
    throw new Refusal(`asset.name is longer than ${EVENT_LIMITS.assetNameBytes} bytes`)
  }
  const attribute = (field: string, value: string | undefined) => text(`asset.${field}`, value, EVENT_LIMITS.assetText)
  return {
    name,
    type: ASSET_TYPES[asset.type] ?? 'unknown',
    os: attribute('os', asset.os),
    owner: attribute('owner', asset.owner),
    businessUnit: attribute('businessUnit', asset.businessUnit),
    environment: attribute('environment', asset.environment),
    exposure: oneOf(EXPOSURES, attribute('exposure', asset.exposure)),
    criticality: oneOf(CRITICALITIES, attribute('criticality', asset.criticality)),
    tags:
      asset.tags === undefined
        ? null
        : texts('asset.tags', asset.tags.values, EVENT_LIMITS.tags, EVENT_LIMITS.tag).sort(),
  }
}

function assetIdOf(asset: scanner.Asset | undefined, facts: AssetFacts): string {
  const own = text('asset.id', asset?.id, EVENT_LIMITS.assetIdBytes)
  const id = assetId({ ...(own === null ? {} : { id: own }), name: facts.name, type: facts.type })
  if (Buffer.byteLength(id) > EVENT_LIMITS.assetIdBytes) {
    throw new Refusal(`asset.id is longer than ${EVENT_LIMITS.assetIdBytes} bytes`)
  }
  return id
}

function findingOf(value: scanner.Observed | scanner.Resolved) {
  const { vulnerability, component } = value
  const id = required('vulnerability.id', vulnerability?.id, EVENT_LIMITS.vulnerabilityId)
  const aliases = texts(
    'vulnerability.aliases',
    vulnerability?.aliases ?? [],
    EVENT_LIMITS.aliases,
    EVENT_LIMITS.vulnerabilityId,
  )
  const identity = vulnerabilityIdentity(id, aliases)
  const name = text('component.name', component?.name, EVENT_LIMITS.componentName)
  const purl = text('component.purl', component?.purl, EVENT_LIMITS.purl)
  const location = text('location', value.location, EVENT_LIMITS.location)
  return {
    vulnerability: [identity.id, ...identity.aliases] as [string, ...string[]],
    place: placeOf(
      { ...(name === null ? {} : { name }), ...(purl === null ? {} : { purl }) },
      location === null ? undefined : location,
    ),
  }
}

function findingFacts(value: scanner.Observed): FindingFacts {
  const scannerSeverity = text('severity', value.severity, EVENT_LIMITS.severity)
  const cvss = within('cvss', value.cvss, 10)
  const { port } = value
  if (port !== undefined && (port < 0 || port > 65_535)) throw new Refusal('port must be from 0 to 65535')
  return {
    severity: severityOf(scannerSeverity ?? undefined, cvss ?? undefined),
    scannerSeverity,
    title: cut(value.vulnerability?.title, EVENT_LIMITS.title),
    cvss,
    cvssVector: text('cvssVector', value.cvssVector, EVENT_LIMITS.cvssVector),
    epss: within('epss', value.epss, 1),
    kev: value.kev ?? null,
    fixAvailable: value.fixAvailable ?? (value.fixedVersions.length > 0 ? true : null),
    fixedVersions: texts('fixedVersions', value.fixedVersions, EVENT_LIMITS.fixedVersions, EVENT_LIMITS.version).sort(),
    componentName: text('component.name', value.component?.name, EVENT_LIMITS.componentName),
    componentVersion: text('component.version', value.component?.version, EVENT_LIMITS.version),
    componentPurl: text('component.purl', value.component?.purl, EVENT_LIMITS.purl),
    location: text('location', value.location, EVENT_LIMITS.location),
    locationText: text('locationText', value.locationText, EVENT_LIMITS.location),
    port: port ?? null,
    suppressed: value.suppressed ?? false,
  }
}

/** A text without surrounding blanks; null where there is none. */
function text(field: string, value: string | undefined, limit: number): string | null {
  if (value === undefined) return null
  if (value.includes('\0')) throw new Refusal(`${field} holds a NUL character`)
  if (!value.isWellFormed()) throw new Refusal(`${field} holds half of a character (a lone surrogate)`)
  const trimmed = value.trim()
  if (trimmed.length > limit) throw new Refusal(`${field} is longer than ${limit} characters`)
  return trimmed === '' ? null : trimmed
}

function required(field: string, value: string | undefined, limit: number): string {
  const found = text(field, value, limit)
  if (found === null) throw new Refusal(`${field} is missing`)
  return found
}

function texts(field: string, values: readonly string[], most: number, limit: number): string[] {
  if (values.length > most) throw new Refusal(`${field} has more than ${most} values`)
  return [...new Set(values.map((value) => text(field, value, limit)).filter((value) => value !== null))]
}

/** What only describes is cut rather than refused: a finding is not lost over a long text about it. */
function cut(value: string | undefined, limit: number): string | null {
  const plain = value?.replaceAll('\0', '').toWellFormed().trim() ?? ''
  // Never half of a surrogate pair.
  return plain === '' ? null : plain.slice(0, limit).toWellFormed()
}

/** Only what a browser may open; anything else is left out. */
function linkOf(value: string | undefined): string | null {
  const link = cut(value, EVENT_LIMITS.link + 1)
  return link !== null && link.length <= EVENT_LIMITS.link && /^https?:\/\//i.test(link) ? link : null
}

function within(field: string, value: number | undefined, most: number): number | null {
  if (value === undefined) return null
  if (!(value >= 0 && value <= most)) throw new Refusal(`${field} must be from 0 to ${most}`)
  // −0 is 0 to the query language and to people, but not to a hash.
  return value + 0
}

function oneOf<const Words extends readonly string[]>(words: Words, value: string | null): Words[number] | null {
  return words.find((word) => word === value?.toLowerCase()) ?? null
}

const EARLIEST_SECONDS = 0n
const LATEST_SECONDS = 253_402_300_799n

function instant(field: string, value: Timestamp | undefined, now: Date): number {
  if (value === undefined) throw new Refusal(`${field} is missing`)
  if (value.seconds < EARLIEST_SECONDS || value.seconds > LATEST_SECONDS)
    throw new Refusal(`${field} is no usable time`)
  const at = Number(value.seconds) * 1_000 + Math.floor(value.nanos / 1_000_000)
  if (at > now.getTime() + EVENT_LIMITS.futureMs) {
    throw new Refusal(`${field} is more than ${EVENT_LIMITS.futureMs / 60_000} minutes in the future`)
  }
  return at
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

/** Reports are ours: what names none of them belongs to none. */
const reportIdOf = (value: string | undefined): string | null =>
  value !== undefined && UUID.test(value) ? value : null
