import { finding, list } from '../json/outline.js'
import type { ReportFormat } from '../report-format.port.js'
import { OcsfReader } from './ocsf.reader.js'

const event = finding('event')
const events = list(event)

/** Findings in OCSF 1.x (schema.ocsf.io): a list, one event, or one event after the other (newline-delimited). */
export const ocsf: ReportFormat = {
  name: 'ocsf',
  title: 'OCSF',
  manyDocuments: true,
  outline: (root) => (root === 'array' ? events : event),
  reader: (options) => new OcsfReader(options),
}
