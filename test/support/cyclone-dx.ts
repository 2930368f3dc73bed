/** A CycloneDX report of so many findings, each of a component of its own. */
export function cycloneDx(findings: number): object {
  const numbers = Array.from({ length: findings }, (_, index) => index)
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    components: numbers.map((n) => ({
      type: 'library',
      'bom-ref': `pkg:npm/part-${n}@1.0.0`,
      name: `part-${n}`,
      version: '1.0.0',
      purl: `pkg:npm/part-${n}@1.0.0`,
    })),
    vulnerabilities: numbers.map((n) => ({
      id: `CVE-2023-${20_000 + n}`,
      ratings: [{ severity: 'medium', score: 5.5, method: 'CVSSv31' }],
      affects: [{ ref: `pkg:npm/part-${n}@1.0.0` }],
    })),
  }
}
