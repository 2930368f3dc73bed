import { JsonScanner, type ValueType, type Wish } from './json/json-scanner.js'
import { ReportFault } from './report-fault.js'
import type { ReportFormatName } from './report-format.port.js'

/** Names at the top of a document that only one format has. */
const BY_NAME: ReadonlyMap<string, ReportFormatName> = new Map<string, ReportFormatName>([
  ['bomFormat', 'cyclonedx'],
  ['components', 'cyclonedx'],
  ['dependencies', 'cyclonedx'],
  ['serialNumber', 'cyclonedx'],
  ['specVersion', 'cyclonedx'],
  ['runs', 'sarif'],
  ['matches', 'grype'],
  ['ignoredMatches', 'grype'],
  ['Results', 'trivy'],
  ['ArtifactName', 'trivy'],
  ['ArtifactType', 'trivy'],
  ['ClusterName', 'trivy'],
  ['SchemaVersion', 'trivy'],
  ['results', 'osv-scanner'],
  ['experimental_config', 'osv-scanner'],
  ['class_uid', 'ocsf'],
  ['class_name', 'ocsf'],
  ['category_uid', 'ocsf'],
  ['type_uid', 'ocsf'],
  ['finding_info', 'ocsf'],
])
/** The same for the first element of a list. */
const BY_ELEMENT: ReadonlyMap<string, ReportFormatName> = new Map<string, ReportFormatName>([
  ['class_uid', 'ocsf'],
  ['class_name', 'ocsf'],
  ['category_uid', 'ocsf'],
  ['type_uid', 'ocsf'],
  ['finding_info', 'ocsf'],
  ['activity_id', 'ocsf'],
  ['Target', 'trivy'],
  ['Vulnerabilities', 'trivy'],
])
/** Formats people try that are not read, by a name at their top. */
const NOT_READ: ReadonlyMap<string, string> = new Map([
  ['spdxVersion', 'an SPDX document, which lists components but no vulnerabilities'],
  ['artifacts', "Syft's list of components; send what Grype makes of it"],
  ['auditReportVersion', "npm audit's report"],
  ['AssessmentStartTime', "Prowler's own format; send its OCSF output"],
])
/** An event of OCSF that has not told itself by then is not one; a larger document is taken for what its list is named. */
const SAMPLE_BYTES = 1024 * 1024

/**
 * Tells a report's format from its beginning, by the first name at its top that only one format has: the order of names
 * does not matter, nor how the bytes come in chunks.
 */
export class FormatRecogniser {
  readonly #scanner: JsonScanner
  #root: ValueType | undefined
  #depth = 0
  #found: ReportFormatName | undefined
  #vulnerabilities = false
  #notRead: string | undefined
  #seen = 0
  #names = 0

  constructor(maxDepth: number) {
    this.#scanner = new JsonScanner(
      { value: (key, type) => this.#value(key, type), taken: () => {}, left: () => void this.#depth-- },
      { maxDepth, maxTakenBytes: 0, manyDocuments: true },
    )
  }

  /** Looks at the next bytes. The format, once it is known. Throws {@link ReportFault}. */
  look(bytes: Buffer): ReportFormatName | undefined {
    const room = SAMPLE_BYTES - this.#seen
    this.#seen += bytes.length
    this.#scan(bytes.length > room ? bytes.subarray(0, room) : bytes)
    if (this.#found === undefined && this.#seen >= SAMPLE_BYTES) return this.#guess()
    return this.#found
  }

  /** The report has ended without telling its format. */
  end(): never {
    this.#scanner.end()
    if (this.#root === undefined) throw new ReportFault('EMPTY', 'The report is empty.')
    return this.#unknown()
  }

  #scan(bytes: Buffer): void {
    try {
      this.#scanner.push(bytes)
    } catch (fault) {
      if (this.#found !== undefined) return
      if (this.#root === undefined && bytes.includes('<'))
        throw new ReportFault('NOT_JSON', 'The report looks like XML or HTML; only JSON is read.')
      throw fault
    }
  }

  /** Only CycloneDX has so much under a name that OCSF, too, could have. */
  #guess(): ReportFormatName {
    return this.#vulnerabilities && this.#root === 'object' ? 'cyclonedx' : this.#unknown()
  }

  #value(key: string | number | undefined, type: ValueType): Wish {
    if (key === undefined) {
      if (this.#root !== undefined) return 'skip'
      this.#root = type
      if (type !== 'scalar') this.#depth++
      return 'enter'
    }
    if (this.#root === 'array' && this.#depth === 1) {
      if (key !== 0 || type !== 'object') return 'skip'
      this.#depth++
      return 'enter'
    }
    if (typeof key === 'string' && this.#found === undefined) {
      this.#names++
      this.#found = (this.#root === 'array' ? BY_ELEMENT : BY_NAME).get(key)
      this.#notRead ??= NOT_READ.get(key)
      if (key === 'vulnerabilities' && type === 'array') this.#vulnerabilities = true
    }
    return 'skip'
  }

  #unknown(): never {
    const formats = 'CycloneDX, SARIF, OCSF, Grype, Trivy and OSV-Scanner reports are read.'
    if (this.#notRead !== undefined) throw new ReportFault('UNKNOWN_FORMAT', `This is ${this.#notRead}. ${formats}`)
    const why =
      this.#root === 'scalar'
        ? 'The report is a single value.'
        : this.#names === 0
          ? 'The report has nothing in it that tells its format.'
          : 'Nothing in the report tells a format that is known.'
    throw new ReportFault('UNKNOWN_FORMAT', `${why} ${formats}`)
  }
}
