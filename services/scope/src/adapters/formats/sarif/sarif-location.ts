import { locationIdentity, pathNamesAsset } from '../../../domain/identity/index.js'
import { type Fields, fields, firstText, isFields, list, number, text } from '../json/fields.js'

export interface ResultPlace {
  /** Identifies the place; not by a line, which moves. */
  readonly location: string | undefined
  readonly locationText: string | undefined
}

/** URIs of a run that its results refer to. */
export interface RunUris {
  /** By index in `run.artifacts`. */
  readonly artifacts: readonly (string | undefined)[]
  /** Absolute URIs of `run.originalUriBaseIds`. */
  readonly bases: readonly string[]
}

/**
 * Where a result is: its fingerprint (§3.27.17), which by definition identifies it whatever moves; else its file with its
 * partial fingerprint (§3.27.18), which only helps to; else its file; else the name of what it is in.
 */
export function placeOf(result: Fields, uris: RunUris): ResultPlace {
  const first = fields(list(result['locations'])[0])
  const physical = fields(first['physicalLocation'])
  const artifact = fields(physical['artifactLocation'])
  const index = number(artifact['index'])
  const uri =
    text(artifact['uri']) ??
    (index === undefined ? undefined : uris.artifacts[index]) ??
    text(fields(result['analysisTarget'])['uri'])
  const path = uri === undefined ? undefined : relative(uri, uris.bases)
  const logical = fields(list(first['logicalLocations'])[0])
  const inside = firstText(logical['fullyQualifiedName'], logical['name'])
  const line = number(fields(physical['region'])['startLine'])
  const shown = path ?? inside
  const locationText = shown !== undefined && line !== undefined && path !== undefined ? `${shown}:${line}` : shown
  const whole = fingerprint(result['fingerprints'], isFingerprint)
  if (whole !== undefined) return { location: whole, locationText }
  const part = fingerprint(result['partialFingerprints'], isPartialFingerprint)
  return { location: part === undefined ? shown : `${shown ?? ''}#${part}`, locationText }
}

/** The fingerprint under the first name in order: a newer version that a tool adds beside it changes nothing. */
function fingerprint(value: unknown, counts: (name: string, value: string) => boolean): string | undefined {
  if (!isFields(value)) return undefined
  for (const name of Object.keys(value).sort()) {
    // Black Duck wraps the value in an object.
    const found = firstText(value[name], fields(value[name])['value'])
    if (found !== undefined && counts(name, found)) return `${name}:${found}`
  }
  return undefined
}

/** Semgrep without an account writes "requires login" for every result. */
function isFingerprint(_name: string, value: string): boolean {
  return /^[\w:+/=.-]{8,}$/.test(value)
}

/** Gitleaks puts a commit's author, date and message here, which identify no place. */
function isPartialFingerprint(name: string, value: string): boolean {
  return /hash|fingerprint|\/v\d+$/i.test(name) && isFingerprint(name, value)
}

/** A file inside the folder that was scanned is the same file wherever that folder lies. */
function relative(uri: string, bases: readonly string[]): string {
  const base = bases.find((one) => one.length > 'file:///'.length && uri.startsWith(one))
  const path = base === undefined ? uri : uri.slice(base.length)
  return locationIdentity(/^file:/i.test(path) || !path.includes('%') ? path : `file:///${path}`) ?? path
}

/** The absolute URIs of `originalUriBaseIds` (§3.14.14). */
export function baseUris(value: unknown): string[] {
  if (!isFields(value)) return []
  return Object.values(value)
    .slice(0, 100)
    .flatMap((base) => text(fields(base)['uri']) ?? [])
    .filter((uri) => /^[a-z][a-z0-9+.-]*:\/\//i.test(uri))
}

/** The first base that names what was scanned, and not only a folder that is called so everywhere. */
export function namingBase(bases: readonly string[]): string | undefined {
  return bases.find((uri) => !/^file:/i.test(uri) || pathNamesAsset(uri))
}
