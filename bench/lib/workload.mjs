// Rows and queries as companies have them, the same for the same seed.

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit) => Math.floor(next() * limit)
  return { next, below, pick: (list) => list[below(list.length)] }
}

export const NOW = new Date('2026-03-01T12:00:00Z')
const DAY_MS = 86_400_000
const ASSETS = 50_000
const VULNERABILITIES = 40_000
const COMPONENTS = 8_000
const OWNERS = 400
const UNITS = [
  'payments',
  'retail',
  'lending',
  'treasury',
  'platform',
  'people',
  'legal',
  'markets',
  'risk',
  'cards',
  'data',
  'it',
]
const ENVIRONMENTS = ['production', 'staging', 'development', 'test']
const EXPOSURES = ['internet', 'internal', 'isolated']
const CRITICALITIES = ['critical', 'high', 'medium', 'low']
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unknown']
const TYPES = ['host', 'container', 'image', 'repository', 'cloudResource', 'application']
const SCANNERS = ['trivy', 'grype', 'nessus', 'prowler']
const OSES = ['debian 12', 'ubuntu 24.04', 'alpine 3.21', 'rhel 9', 'windows 2022']

const cve = (n) => `CVE-${2015 + (n % 12)}-${String(1_000 + n)}`
const tagOf = (n) => `${['team', 'app', 'cost', 'tier'][n % 4]}:${n}`
// A few are everywhere, most are rare.
const skewed = (random, limit) => Math.floor(random.next() ** 3 * limit)

/** One finding. Facts of its asset go with the asset. */
export function row(random) {
  const asset = random.below(ASSETS)
  const of = seeded(asset + 1)
  const vulnerability = skewed(random, VULNERABILITIES)
  const component = skewed(random, COMPONENTS)
  const severity = random.pick(SEVERITIES)
  return {
    id: `0198c0de-0000-7000-8000-${String(random.below(1e9)).padStart(12, '0')}`,
    vulnerability: cve(vulnerability),
    aliases: random.below(3) === 0 ? [cve(vulnerability), `GHSA-${vulnerability}`] : [cve(vulnerability)],
    title: `A fault in component ${component}`,
    severity,
    scannerSeverity: severity.toUpperCase(),
    cvss: random.below(10) === 0 ? null : Math.round(random.next() * 100) / 10,
    epss: random.below(5) === 0 ? null : Math.round(random.next() ** 4 * 100_000) / 100_000,
    kev: random.below(50) === 0,
    fixAvailable: random.below(4) === 0 ? null : random.below(2) === 0,
    'asset.id': `host:${asset}`,
    'asset.name': `host-${asset}`,
    'asset.type': of.pick(TYPES),
    'asset.os': of.pick(OSES),
    'asset.owner': of.below(10) === 0 ? null : `owner-${of.below(OWNERS)}`,
    'asset.businessUnit': of.pick(UNITS),
    'asset.environment': of.pick(ENVIRONMENTS),
    'asset.exposure': of.below(5) === 0 ? null : of.pick(EXPOSURES),
    'asset.criticality': of.below(5) === 0 ? null : of.pick(CRITICALITIES),
    'asset.tags': of.below(6) === 0 ? null : Array.from({ length: of.below(5) }, () => tagOf(of.below(600))),
    'component.name': `component-${component}`,
    'component.version': `${random.below(9)}.${random.below(20)}.${random.below(10)}`,
    'component.purl': `pkg:npm/component-${component}`,
    location: `/srv/app-${random.below(500)}/node_modules/component-${component}`,
    port: random.below(8) === 0 ? random.pick([22, 80, 443, 8080]) : null,
    scanners: [random.pick(SCANNERS)],
    firstSeen: new Date(NOW.getTime() - random.below(720) * DAY_MS - random.below(DAY_MS)),
  }
}

export const rows = (count, seed = 1) => {
  const random = seeded(seed)
  return Array.from({ length: count }, () => row(random))
}

const quoted = (text) => JSON.stringify(text)
const list = (texts) => `[${texts.map(quoted).join(', ')}]`

export function pinned(random) {
  const vulnerability = () => quoted(cve(skewed(random, VULNERABILITIES)))
  const narrowing = () =>
    random.pick([
      () => `asset.businessUnit == ${quoted(random.pick(UNITS))}`,
      () => `${quoted(tagOf(random.below(600)))} in asset.tags`,
      () => `asset.environment in ${list([random.pick(ENVIRONMENTS), random.pick(ENVIRONMENTS)])}`,
      () => `asset.exposure != "internet"`,
      () => `severity in ["low", "medium"]`,
      () => `cvss < ${(4 + random.below(50) / 10).toFixed(1)}`,
      () => `now - firstSeen > duration("${24 * (1 + random.below(180))}h")`,
    ])()
  return random.pick([
    () => `vulnerability == ${vulnerability()}`,
    () => `vulnerability == ${vulnerability()} && ${narrowing()}`,
    () => `vulnerability == ${vulnerability()} && ${narrowing()} && ${narrowing()}`,
    () => `vulnerability in [${vulnerability()}, ${vulnerability()}, ${vulnerability()}] && ${narrowing()}`,
    () => `asset.name == ${quoted(`host-${random.below(ASSETS)}`)} && ${narrowing()}`,
    () => `asset.id in ${list(Array.from({ length: 5 }, () => `host:${random.below(ASSETS)}`))}`,
    () => `component.name == ${quoted(`component-${skewed(random, COMPONENTS)}`)} && ${narrowing()}`,
    () =>
      `component.purl == ${quoted(`pkg:npm/component-${skewed(random, COMPONENTS)}`)} && asset.owner == ${quoted(`owner-${random.below(OWNERS)}`)}`,
    () =>
      `vulnerability == ${vulnerability()} && (${narrowing()} || asset.name.startsWith(${quoted(`host-${random.below(999)}`)}))`,
  ])()
}

export const medium = (random) =>
  random.pick([
    () =>
      `asset.owner == ${quoted(`owner-${random.below(OWNERS)}`)} && severity in ["low", "medium"] && fixAvailable == false`,
    () => `${quoted(tagOf(random.below(600)))} in asset.tags && !kev && cvss < ${(random.below(90) / 10).toFixed(1)}`,
    () =>
      `asset.businessUnit == ${quoted(random.pick(UNITS))} && asset.environment == "development" && epss < 0.${1 + random.below(8)}`,
    () => `location.startsWith(${quoted(`/srv/app-${random.below(500)}/`)}) && severity != "critical"`,
  ])()

export const broad = (random) =>
  random.pick([
    () => `asset.environment == "test" && asset.exposure == "isolated" && severity == "low"`,
    () => `severity == "low" && now - firstSeen < duration("${24 * (1 + random.below(90))}h")`,
    () => `cvss < ${(random.below(30) / 10).toFixed(1)} && !kev && asset.criticality == "low"`,
  ])()

/** 90 % pinned by vulnerability, asset or component; 8 % medium; 2 % broad. */
export function realistic(count, seed = 2) {
  const random = seeded(seed)
  return Array.from({ length: count }, () => {
    const kind = random.next()
    return kind < 0.9 ? pinned(random) : kind < 0.98 ? medium(random) : broad(random)
  })
}

/** Ranges and negations of wide sets, no equality that would spare anybody a look. */
export function adversarial(count, seed = 3) {
  const random = seeded(seed)
  // High ones: a tenth of all scores is above, a twentieth of all probabilities.
  const cvss = () => (8.5 + random.below(150) / 100).toFixed(2)
  const epss = () => (0.5 + random.below(500) / 1_000).toFixed(3)
  const hours = () => 24 * (540 + random.below(180))
  return Array.from({ length: count }, () =>
    random.pick([
      () => `!(cvss < ${cvss()} || epss < ${epss()}) && now - firstSeen > duration("${hours()}h")`,
      () => `!(severity == "critical" || severity == "high" || epss < ${epss()}) && cvss >= ${cvss()}`,
      () => `cvss > ${cvss()} && epss > ${epss()} && asset.environment != "production"`,
      () => `!(asset.exposure == "internet" || kev || cvss < ${cvss()}) && epss >= ${epss()}`,
      () => `(cvss > ${cvss()} || epss >= ${epss()}) && !(fixAvailable || now - firstSeen < duration("${hours()}h"))`,
    ])(),
  )
}
