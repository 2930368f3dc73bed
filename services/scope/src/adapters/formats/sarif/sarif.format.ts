import { context, finding, item, list, object } from '../json/outline.js'
import type { ReportFormat } from '../report-format.port.js'
import { SarifReader } from './sarif.reader.js'

const rules = list(item('rule'))

const outline = object({
  version: context('version'),
  runs: list(
    object(
      {
        tool: object({
          driver: object({ name: context('name'), guid: context('guid'), rules }, 'tool component'),
          extensions: list(object({ name: context('name'), guid: context('guid'), rules }, 'tool component')),
        }),
        results: list(finding('result')),
        artifacts: list(object({ location: object({ uri: context('uri') }) }, 'artifact')),
        invocations: list(object({ ruleConfigurationOverrides: list(item('override')) })),
        originalUriBaseIds: context('originalUriBaseIds'),
        versionControlProvenance: context('versionControlProvenance'),
        properties: context('properties'),
      },
      'run',
    ),
  ),
})

/** SARIF 2.1.0 (OASIS; docs.oasis-open.org/sarif/sarif/v2.1.0). Numbers of sections below are of that document. */
export const sarif: ReportFormat = {
  name: 'sarif',
  title: 'SARIF',
  manyDocuments: false,
  outline: (root) => (root === 'object' ? outline : undefined),
  reader: (options) => new SarifReader(options),
}
