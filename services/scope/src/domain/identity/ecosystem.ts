import { PackageURL } from 'packageurl-js'

interface Ecosystem {
  /** The package URL's type. */
  readonly type: string
  /** The distribution, for packages of an operating system. */
  readonly namespace?: string
}

const os = (type: string, namespace: string): Ecosystem => ({ type, namespace })
const language = (type: string): Ecosystem => ({ type })

/**
 * What scanners call a package's kind, in small letters, as a package URL's type and namespace. Sources: Trivy's
 * `Results[].Type` (pkg/fanal/types/const.go), OSV's `ecosystem` (ossf.github.io/osv-schema, defined ecosystems), package
 * URL types (github.com/package-url/purl-spec).
 */
const ecosystems: ReadonlyMap<string, Ecosystem> = new Map<string, Ecosystem>([
  ...(
    [
      ['apk', ['alpine', 'wolfi', 'chainguard', 'minimos']],
      ['deb', ['debian', 'ubuntu']],
      [
        'rpm',
        ['redhat', 'centos', 'rocky', 'alma', 'oracle', 'amazon', 'fedora', 'photon', 'azurelinux', 'suse', 'opensuse'],
      ],
    ] as const
  ).flatMap(([type, names]) => names.map((name): [string, Ecosystem] => [name, os(type, name)])),
  ['red hat', os('rpm', 'redhat')],
  ['rhel', os('rpm', 'redhat')],
  ['almalinux', os('rpm', 'alma')],
  ['rocky linux', os('rpm', 'rocky')],
  ['photon os', os('rpm', 'photon')],
  ['cbl-mariner', os('rpm', 'mariner')],
  ['suse linux enterprise server', os('rpm', 'suse')],
  ['sles', os('rpm', 'suse')],
  ['opensuse.leap', os('rpm', 'opensuse')],
  ['opensuse.tumbleweed', os('rpm', 'opensuse')],
  ['opensuse-leap', os('rpm', 'opensuse')],
  ['opensuse-tumbleweed', os('rpm', 'opensuse')],
  ...(
    [
      ['npm', ['npm', 'yarn', 'pnpm', 'bun', 'node-pkg']],
      ['pypi', ['pypi', 'pip', 'pipenv', 'poetry', 'uv', 'pylock', 'python-pkg']],
      ['maven', ['maven', 'jar', 'pom', 'gradle', 'gradle-lockfile', 'sbt-lockfile']],
      ['golang', ['go', 'gomod', 'gobinary']],
      ['cargo', ['cargo', 'crates.io', 'rustbinary', 'rust-binary']],
      ['gem', ['rubygems', 'bundler', 'gemspec']],
      ['composer', ['packagist', 'composer', 'composer-vendor']],
      ['nuget', ['nuget', 'dotnet-core', 'packages-props']],
      ['hex', ['hex', 'mix-lock']],
      ['pub', ['pub']],
      ['conda', ['conda-pkg', 'conda-environment']],
      ['cocoapods', ['cocoapods']],
      ['hackage', ['hackage']],
      ['cran', ['cran']],
      ['bitnami', ['bitnami']],
    ] as const
  ).flatMap(([type, names]) => names.map((name): [string, Ecosystem] => [name, language(type)])),
])

function ecosystemOf(word: string): Ecosystem | undefined {
  // OSV appends the release: `Debian:12`, `Alpine:v3.18`.
  const [name = ''] = word.trim().toLowerCase().split(':')
  return ecosystems.get(name)
}

/** Whether a scanner's word for a package's kind means packages of an operating system. */
export function isSystemEcosystem(word: string): boolean {
  return ecosystemOf(word)?.namespace !== undefined
}

/**
 * The package URL of a package a scanner gives only by kind, name and version, as the scanners that do give package URLs
 * write it. `undefined` where the kind is not known or the name does not fit it.
 */
export function packageUrlOf(word: string, name: string, version?: string): string | undefined {
  const ecosystem = ecosystemOf(word)
  if (!ecosystem || !name.trim()) return undefined
  const separator = ecosystem.type === 'maven' ? ':' : '/'
  const at = ecosystem.namespace === undefined ? name.lastIndexOf(separator) : -1
  const namespace = ecosystem.namespace ?? (at < 0 ? undefined : name.slice(0, at))
  try {
    return new PackageURL(ecosystem.type, namespace, name.slice(at + 1), version || undefined).toString()
  } catch {
    return undefined
  }
}
