type Event = Record<string, unknown>

const AT = '2026-03-01T11:00:00Z'

const ASSET = { name: 'web-01', type: 'ASSET_TYPE_HOST' }

const own = (given: Event): Event =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))

/** Proto-JSON of an observation: one vulnerability on web-01, unless said otherwise. */
export const observed = (given: Event = {}) => ({
  observed: own({
    scanner: 'trivy',
    scanId: 'scan-1',
    asset: ASSET,
    vulnerability: { id: 'CVE-2024-1111' },
    component: { name: 'openssl', version: '3.0.1', purl: 'pkg:deb/debian/openssl@3.0.1' },
    severity: 'high',
    cvss: 7.5,
    observedAt: AT,
    ...given,
  }),
})

export const resolved = (given: Event = {}) => ({
  resolved: own({
    scanner: 'trivy',
    scanId: 'scan-1',
    asset: ASSET,
    vulnerability: { id: 'CVE-2024-1111' },
    component: { name: 'openssl', version: '3.0.1', purl: 'pkg:deb/debian/openssl@3.0.1' },
    observedAt: AT,
    ...given,
  }),
})

export const scanCompleted = (findings: number, given: Event = {}) => ({
  scanCompleted: own({
    scanner: 'trivy',
    scanId: 'scan-1',
    asset: ASSET,
    findings: String(findings),
    completedAt: AT,
    ...given,
  }),
})
