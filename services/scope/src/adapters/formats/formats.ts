import { cyclonedx } from './cyclonedx/cyclonedx.format.js'
import { grype } from './grype/grype.format.js'
import { ocsf } from './ocsf/ocsf.format.js'
import { osvScanner } from './osv-scanner/osv-scanner.format.js'
import type { ReportFormat, ReportFormatName } from './report-format.port.js'
import { sarif } from './sarif/sarif.format.js'
import { trivy } from './trivy/trivy.format.js'

/** Every format that is read. */
export const formats: Readonly<Record<ReportFormatName, ReportFormat>> = {
  cyclonedx,
  sarif,
  ocsf,
  grype,
  trivy,
  'osv-scanner': osvScanner,
}
