/** The kinds of asset a query can ask for (`asset.type`). */
export const assetTypes = [
  'host',
  'container',
  'image',
  'repository',
  'cloudResource',
  'application',
  'unknown',
] as const
export type AssetType = (typeof assetTypes)[number]

export interface NamedAsset {
  /** The scanner's own id, where it means the same thing everywhere: an ARN, a cloud resource id, an agent's UUID. */
  readonly id?: string | undefined
  readonly name: string
  readonly type: AssetType
}

/**
 * The id under which one asset is known whichever scanner names it: the scanner's own where it has a global one, else
 * `type:name` with the name normalised for its type. Gives back an id made here unchanged.
 */
export function assetId(asset: NamedAsset): string {
  const own = asset.id?.trim()
  if (own) return caseFolded(own)
  return `${asset.type}:${normalisedAssetName(asset.type, asset.name)}`.trim()
}

/** The one way of writing an asset's name for its type, so that two scanners' names for one thing are equal. */
export function normalisedAssetName(type: AssetType, name: string): string {
  const trimmed = name.trim().replace(/\s+/g, ' ')
  switch (type) {
    case 'image':
      return imageName(trimmed)
    case 'host':
      return trimmed.toLowerCase().replace(/\.$/, '')
    case 'repository':
      return repositoryName(trimmed)
    case 'cloudResource':
      return caseFolded(trimmed)
    default:
      return trimmed
  }
}

/** Azure resource ids are case-insensitive, and its own tools write them in several cases; no other id is touched. */
function caseFolded(id: string): string {
  return /^\/subscriptions\//i.test(id) ? id.toLowerCase() : id
}

/**
 * `alpine`, `docker.io/library/alpine` and `alpine:latest` are one image; so is a tag with and without the digest it had
 * when it was scanned, or every build of a tag would be an asset of its own and none would ever be closed.
 * Follows the reference grammar of github.com/distribution/reference.
 */
function imageName(name: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(name)) return name
  const bare = name.replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
  const [reference = '', digest] = splitOnce(bare, '@')
  const slash = reference.lastIndexOf('/')
  const colon = reference.indexOf(':', slash + 1)
  const path = colon < 0 ? reference : reference.slice(0, colon)
  const tag = colon < 0 ? undefined : reference.slice(colon + 1)
  const [first = '', rest] = splitOnce(path, '/')
  const hasRegistry = rest !== undefined && (first.includes('.') || first.includes(':') || first === 'localhost')
  let registry = hasRegistry ? first.toLowerCase() : 'docker.io'
  if (registry === 'index.docker.io' || registry === 'registry-1.docker.io') registry = 'docker.io'
  let repository = (hasRegistry ? rest : path) ?? ''
  if (registry === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`
  if (tag) return `${registry}/${repository}:${tag}`
  return digest ? `${registry}/${repository}@${digest}` : `${registry}/${repository}:latest`
}

/** An image's name without the digest it had when it was scanned, if a tag tells it from others. */
export function withoutDigest(image: string): string {
  const at = image.indexOf('@sha256:')
  return at > 0 && /:[^/:]+$/.test(image.slice(0, at)) ? image.slice(0, at) : image
}

/** `https://git.example/a/b.git`, `git@git.example:a/b` and `git.example/a/b/` are one repository. */
function repositoryName(name: string): string {
  const ssh = /^[\w.-]+@([\w.-]+):(?!\d+\/)(.+)$/.exec(name)
  const url = ssh ? `${ssh[1]}/${ssh[2]}` : name.replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?/i, '')
  const tidy = url.replace(/\/+$/, '').replace(/\.git$/, '')
  if (url === name && !ssh) return tidy || name
  const [host = '', path] = splitOnce(tidy, '/')
  return path === undefined ? host.toLowerCase() : `${host.toLowerCase()}/${path}`
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Folders that are called the same on every machine that scans: work folders of CI systems and containers. */
const everybodysFolders = new Set([
  '',
  '.',
  '..',
  '-',
  'app',
  'builds',
  'code',
  'data',
  'github/workspace',
  'home',
  'mnt',
  'project',
  'repo',
  'root',
  'scan',
  'source',
  'sources',
  'src',
  'target',
  'tmp',
  'unknown',
  'usr/src/app',
  'work',
  'workdir',
  'workspace',
])

/**
 * Whether a folder's path tells one asset from another. `.` or `/github/workspace` does not: taken as a name, the scan of
 * one repository would close the findings of all the others.
 */
export function pathNamesAsset(path: string): boolean {
  const bare = path
    .trim()
    .replace(/^file:\/\//i, '')
    .replaceAll('\\', '/')
    .replace(/^[a-z]:/i, '')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/(?:\.?\/)*\.?$/, '')
  return !everybodysFolders.has(bare.toLowerCase())
}
