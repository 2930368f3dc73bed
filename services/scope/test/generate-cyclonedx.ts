// A CycloneDX report as large as wanted, the same for the same options: for tests and benches. Has no imports, so that
// Node runs it as it is.

export interface GeneratedReport {
  readonly findings: number
  /** Different packages the findings are spread over. */
  readonly components?: number
  readonly seed?: number
  readonly image?: string
  /** Vulnerabilities before what they refer to: the order that is hardest on memory. */
  readonly backwards?: boolean
}

const WORDS =
  'A flaw was found in the way that the parser handles crafted input from remote peers which may lead to memory corruption or denial of service when the option is enabled by default in versions before the fix'.split(
    ' ',
  )
const KINDS = ['npm', 'pypi', 'golang', 'maven', 'deb'] as const
const SEVERITIES = ['critical', 'high', 'high', 'medium', 'medium', 'medium', 'low', 'low'] as const

/** The report's text in pieces of about 64 KiB. About 1.4 KB a finding, as Trivy writes them. */
export function* generateCyclonedx(options: GeneratedReport): Generator<string> {
  const {
    findings,
    components = Math.max(1, Math.ceil(findings / 8)),
    seed = 1,
    image = 'registry.example/acme/shop:1.0',
  } = options
  const random = mulberry32(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  // Drawn once: the texts of real reports repeat, too, and drawing them would take longer than reading them.
  const texts = Array.from({ length: 200 }, () => Array.from({ length: 60 }, () => pick(WORDS)).join(' '))
  const header = `"bomFormat":"CycloneDX","specVersion":"1.5","version":1`
  const metadata = JSON.stringify({
    timestamp: '2026-01-01T00:00:00Z',
    tools: { components: [{ type: 'application', name: 'trivy', version: '0.58.0' }] },
    component: { 'bom-ref': 'root', type: 'container', name: image },
  })

  const purl = (index: number) => {
    const kind = KINDS[index % KINDS.length] as (typeof KINDS)[number]
    const space = { npm: '%40acme/', pypi: '', golang: 'example.com/acme/', maven: 'com.acme/', deb: 'debian/' }[kind]
    return `pkg:${kind}/${space}package-${index}@1.${index % 40}.${index % 9}`
  }
  const component = (index: number) =>
    JSON.stringify({
      'bom-ref': purl(index),
      type: 'library',
      name: `package-${index}`,
      version: `1.${index % 40}.${index % 9}`,
      purl: purl(index),
      licenses: [{ license: { id: 'MIT' } }],
      properties: [
        { name: 'aquasecurity:trivy:PkgID', value: `package-${index}@1` },
        { name: 'aquasecurity:trivy:PkgType', value: 'node-pkg' },
      ],
    })
  const vulnerability = (index: number) => {
    const id = `CVE-${2015 + (index % 11)}-${10_000 + index}`
    const severity = pick(SEVERITIES)
    return JSON.stringify({
      id,
      source: { name: 'nvd', url: `https://nvd.nist.gov/vuln/detail/${id}` },
      ratings: [
        {
          source: { name: 'nvd' },
          score: 7.5,
          severity,
          method: 'CVSSv31',
          vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
        },
        {
          source: { name: 'redhat' },
          score: 5.9,
          severity: 'medium',
          method: 'CVSSv31',
          vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H',
        },
      ],
      cwes: [400, 1333],
      description: pick(texts),
      recommendation: `Upgrade package-${index % components} to version 2.0.0`,
      advisories: Array.from({ length: 6 }, (_, n) => ({ url: `https://advisories.example/${id}/${n}` })),
      published: '2025-01-01T00:00:00+00:00',
      updated: '2025-06-01T00:00:00+00:00',
      affects: [{ ref: purl((index * 7) % components), versions: [{ version: '1.0.0', status: 'affected' }] }],
    })
  }
  function* listed(name: string, length: number, element: (index: number) => string): Generator<string> {
    yield `"${name}":[`
    for (let index = 0; index < length; index++) yield (index === 0 ? '' : ',') + element(index)
    yield ']'
  }
  function* whole(): Generator<string> {
    yield '{'
    if (options.backwards === true) {
      yield* listed('vulnerabilities', findings, vulnerability)
      yield ','
      yield* listed('components', components, component)
      yield `,"metadata":${metadata},${header}`
    } else {
      yield `${header},"metadata":${metadata},`
      yield* listed('components', components, component)
      yield ',"dependencies":[],'
      yield* listed('vulnerabilities', findings, vulnerability)
    }
    yield '}'
  }

  let piece = ''
  for (const part of whole()) {
    piece += part
    if (piece.length < 65_536) continue
    yield piece
    piece = ''
  }
  yield piece
}

/** A small generator of numbers in [0, 1), the same for the same seed (mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
