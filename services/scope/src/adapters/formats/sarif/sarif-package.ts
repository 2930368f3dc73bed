import { vulnerabilityInRule } from '../../../domain/identity/index.js'
import { type Fields, fields, firstText, list, text } from '../json/fields.js'

export interface NamedPackage {
  readonly name: string | undefined
  readonly version: string | undefined
  readonly purl: string | undefined
  readonly fixed: string | undefined
}

const named = (name: string, version?: string, fixed?: string): NamedPackage => ({
  name,
  version,
  purl: undefined,
  fixed,
})

/**
 * The package a result about a vulnerability is on. SARIF has no field for it. Scanners say it as a logical location
 * (Dependency-Check), in properties (Black Duck), or in their sentences, which have been the same for years: Trivy,
 * OSV-Scanner, Grype. `undefined` where none is found.
 */
export function packageInResult(result: Fields, ruleId: string, message: string | undefined): NamedPackage | undefined {
  const place = fields(list(result['locations'])[0])
  const logical = text(fields(list(place['logicalLocations'])[0])['fullyQualifiedName'])
  if (logical?.startsWith('pkg:'))
    return { name: undefined, version: /@([^@/?#]+)(?:[?#]|$)/.exec(logical)?.[1], purl: logical, fixed: undefined }
  const properties = fields(result['properties'])
  const own = text(properties['component'])
  if (own !== undefined) return named(own, firstText(properties['componentVersion']))
  const said = message?.slice(0, 2000) ?? ''
  const trivy = /^Package: (\S+)\r?\nInstalled Version: (\S*)/.exec(said)
  if (trivy?.[1]) return named(trivy[1], trivy[2] || undefined, /^Fixed Version: (\S+)/m.exec(said)?.[1])
  const osv = /^Package '([^'\s]+)@([^'@\s]+)' is vulnerable/.exec(said)
  if (osv?.[1]) return named(osv[1], osv[2])
  const grype = / reports (\S+) at version (\S+) /.exec(said)
  if (grype?.[1]) return named(grype[1], grype[2])
  const rest = vulnerabilityInRule(ruleId)?.rest
  return rest === undefined ? undefined : named(rest)
}
