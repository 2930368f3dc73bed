import { context, finding, list, object, recursive } from '../json/outline.js'
import type { ReportFormat } from '../report-format.port.js'
import { CycloneDxReader } from './cyclonedx.reader.js'

const component = recursive(
  () => ({
    'bom-ref': context('bom-ref'),
    type: context('type'),
    group: context('group'),
    name: context('name'),
    version: context('version'),
    purl: context('purl'),
    properties: context('properties'),
    evidence: object({ occurrences: context('occurrences') }),
    components: list(component),
  }),
  'component',
)

const outline = object({
  bomFormat: context('bomFormat'),
  specVersion: context('specVersion'),
  metadata: object({ component }, 'metadata'),
  components: list(component, 'components'),
  vulnerabilities: list(finding('vulnerability')),
})

/** CycloneDX BOM in JSON with vulnerabilities, or a VEX (cyclonedx.org/docs; 1.4 to 1.7, and what 1.x comes after). */
export const cyclonedx: ReportFormat = {
  name: 'cyclonedx',
  title: 'CycloneDX',
  manyDocuments: false,
  outline: (root) => (root === 'object' ? outline : undefined),
  reader: (options) => new CycloneDxReader(options),
}
