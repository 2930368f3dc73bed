import { vulnerabilityInRule } from '../../../domain/identity/index.js'

export interface NamedPackage {
  readonly name: string
  readonly version: string | undefined
  readonly fixed: string | undefined
}

/**
 * The package a result about a vulnerability is on. SARIF has no field for it; the scanners that find vulnerabilities say
 * it in their sentences, which have been the same for years: Trivy, OSV-Scanner, Grype. `undefined` where none is found.
 */
export function packageInResult(ruleId: string, message: string | undefined): NamedPackage | undefined {
  const said = message?.slice(0, 2000) ?? ''
  const trivy = /^Package: (\S+)\r?\nInstalled Version: (\S*)/.exec(said)
  if (trivy?.[1]) {
    const fixed = /^Fixed Version: (\S+)/m.exec(said)?.[1]
    return { name: trivy[1], version: trivy[2] || undefined, fixed }
  }
  const osv = /^Package '([^'\s]+)@([^'@\s]+)' is vulnerable/.exec(said)
  if (osv?.[1]) return { name: osv[1], version: osv[2], fixed: undefined }
  const grype = / reports (\S+) at version (\S+) /.exec(said)
  if (grype?.[1]) return { name: grype[1], version: grype[2], fixed: undefined }
  const rest = vulnerabilityInRule(ruleId)?.rest
  return rest === undefined ? undefined : { name: rest, version: undefined, fixed: undefined }
}
