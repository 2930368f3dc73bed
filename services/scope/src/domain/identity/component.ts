import { PackageURL } from 'packageurl-js'

/** Names that scanners give one distribution, as the namespace of a package URL. */
const distributions: ReadonlyMap<string, string> = new Map([
  ['rhel', 'redhat'],
  ['ol', 'oracle'],
  ['oraclelinux', 'oracle'],
  ['amzn', 'amazon'],
  ['amazonlinux', 'amazon'],
  ['almalinux', 'alma'],
  ['rockylinux', 'rocky'],
  ['sles', 'suse'],
  ['sled', 'suse'],
  ['opensuse-leap', 'opensuse'],
  ['opensuse-tumbleweed', 'opensuse'],
  ['opensuse.leap', 'opensuse'],
  ['opensuse.tumbleweed', 'opensuse'],
])
const systemTypes = new Set(['apk', 'deb', 'rpm', 'alpm', 'qpkg'])

function parsed(purl: string): PackageURL | undefined {
  try {
    return PackageURL.fromString(purl.trim())
  } catch {
    return undefined
  }
}

/**
 * What a package URL says about *which* component it is: type, namespace and name in canonical form, without version,
 * subpath, and the qualifiers that only describe it (arch, distro, upstream, epoch, checksum, …). Two qualifiers do
 * identify: Maven's `classifier`, and `repository_url` for OCI images, whose name is only the last part of their path.
 * `undefined` if it is not a package URL. See github.com/package-url/purl-spec.
 */
export function purlIdentity(purl: string): string | undefined {
  const url = parsed(purl)
  if (!url) return undefined
  const { type } = url
  let { namespace, name } = url
  if (systemTypes.has(type) && namespace) {
    const distribution = namespace.toLowerCase()
    namespace = distributions.get(distribution) ?? distribution
  }
  // PEP 503: runs of dot, dash and underscore are one; NuGet's names are case-insensitive.
  if (type === 'pypi') name = name.replace(/[-_.]+/g, '-')
  if (type === 'nuget') name = name.toLowerCase()
  const qualifiers: Record<string, string> = {}
  const keep = type === 'maven' ? 'classifier' : type === 'oci' || type === 'docker' ? 'repository_url' : undefined
  const kept = keep === undefined ? undefined : url.qualifiers?.[keep]
  if (keep !== undefined && kept) qualifiers[keep] = kept.toLowerCase()
  try {
    return new PackageURL(type, namespace, name, undefined, kept ? qualifiers : undefined).toString()
  } catch {
    return undefined
  }
}

/** Whether a package URL names a package of an operating system: installed once, wherever its database lies. */
export function isSystemPackage(purl: string): boolean {
  const type = /^pkg:\/*([a-z0-9.+-]+)\//i.exec(purl.trim())?.[1]
  return type !== undefined && systemTypes.has(type.toLowerCase())
}

export interface NamedComponent {
  readonly name?: string | undefined
  readonly purl?: string | undefined
}

/**
 * Which component a finding is about: its package URL without version, else its name; `''` for a finding about the asset
 * itself.
 */
export function componentIdentity(component: NamedComponent | undefined): string {
  const purl = component?.purl ? purlIdentity(component.purl) : undefined
  if (purl !== undefined) return purl
  const name = component?.name?.trim().replace(/\s+/g, ' ')
  if (name) return `name:${name}`
  // Not a package URL and no name: what stands before version and qualifiers is all there is to go by.
  return component?.purl
    ? `name:${component.purl
        .trim()
        .replace(/[?#].*$/, '')
        .replace(/@[^@/]*$/, '')}`
    : ''
}
