import { context, finding, list, object } from '../json/outline.js'
import type { ReportFormat } from '../report-format.port.js'
import { OsvScannerReader } from './osv-scanner.reader.js'

const outline = object({
  results: list(
    object(
      {
        source: context('source'),
        packages: list(
          object(
            {
              package: context('package'),
              groups: context('groups'),
              vulnerabilities: list(finding('vulnerability')),
            },
            'package',
          ),
        ),
      },
      'result',
    ),
  ),
})

/** OSV-Scanner's JSON (`--format json`), 1.x and 2.x (github.com/google/osv-scanner, pkg/models/results.go). */
export const osvScanner: ReportFormat = {
  name: 'osv-scanner',
  title: 'OSV-Scanner',
  manyDocuments: false,
  outline: (root) => (root === 'object' ? outline : undefined),
  reader: (options) => new OsvScannerReader(options),
}
