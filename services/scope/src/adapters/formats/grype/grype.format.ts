import { context, finding, list, object } from '../json/outline.js'
import type { ReportFormat } from '../report-format.port.js'
import { GrypeReader } from './grype.reader.js'

const outline = object({
  matches: list(finding('match')),
  ignoredMatches: list(finding('ignored')),
  source: context('source'),
  distro: context('distro'),
  descriptor: object({ name: context('tool') }),
})

/** Grype's own JSON (`grype -o json`), schema of its presenter in every 0.x version (github.com/anchore/grype). */
export const grype: ReportFormat = {
  name: 'grype',
  title: 'Grype',
  manyDocuments: false,
  outline: (root) => (root === 'object' ? outline : undefined),
  reader: (options) => new GrypeReader(options),
}
