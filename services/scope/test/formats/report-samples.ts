import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ReportFormatName } from '../../src/adapters/formats/report-format.port.js'

const folder = fileURLToPath(new URL('../../../../../shared/samples/', import.meta.url))

/** Reports of real scanners, unchanged, kept beside the project. */
export const samplesAreThere = existsSync(folder)

export interface Sample {
  readonly file: string
  readonly format: ReportFormatName
  /** Given with it where the report names none. */
  readonly asset?: string
}

export const samples: readonly Sample[] = [
  { file: 'cyclonedx-trivy.json', format: 'cyclonedx' },
  { file: 'sarif-semgrep.sarif', format: 'sarif', asset: 'shop' },
  { file: 'ocsf-prowler.json', format: 'ocsf' },
  { file: 'grype-keycloak.json', format: 'grype' },
  { file: 'trivy-image.json', format: 'trivy' },
  { file: 'osv-scanner-results.json', format: 'osv-scanner', asset: 'shop' },
]

export function sampleBytes(sample: Sample): Buffer {
  return readFileSync(`${folder}${sample.file}`)
}
