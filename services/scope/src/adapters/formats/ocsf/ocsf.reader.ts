import { chooseCvss, isSystemPackage } from '../../../domain/identity/index.js'
import { type Fields, fields, firstText, isFields, list, number, text, texts } from '../json/fields.js'
import type { FormatReader, ReaderOptions, ReadFinding, Reading, ReportAsset } from '../report-format.port.js'
import { type OcsfResource, resourcesOf } from './ocsf-resources.js'

/** Classes that tell of something wrong with an asset: Security (deprecated), Vulnerability, Compliance, Detection, Data
 * Security and Application Security Posture Finding. An Incident Finding (2005) tells of an attack. */
const FINDING_CLASSES = new Set([2001, 2002, 2003, 2004, 2006, 2007])
/** `severity_id`, where the word is missing. */
const SEVERITIES: ReadonlyMap<number, string> = new Map([
  [1, 'Informational'],
  [2, 'Low'],
  [3, 'Medium'],
  [4, 'High'],
  [5, 'Critical'],
  [6, 'Fatal'],
])
const PASSED = new Set(['pass', 'passed', 'success', 'compliant', 'ok'])
const ACTIVITY_CLOSE = 3
const STATUS_SUPPRESSED = 3
const STATUS_RESOLVED = 4
const COMPLIANCE_PASS = 1

type Details = Pick<
  ReadFinding,
  | 'vulnerability'
  | 'component'
  | 'location'
  | 'locationText'
  | 'severity'
  | 'cvss'
  | 'cvssVector'
  | 'epss'
  | 'kev'
  | 'fixAvailable'
  | 'fixedVersions'
>

export class OcsfReader implements FormatReader {
  readonly #options: ReaderOptions
  #anyAsset = false

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  ready(): boolean {
    return true
  }

  finish(): readonly ReportAsset[] {
    // Findings name their own assets. A given one has been scanned even if there is nothing to tell of it.
    const given = this.#options.naming.given ? this.#options.naming.resolve(undefined, 'cloudResource') : undefined
    return given === undefined ? [] : [given]
  }

  read(_of: string, value: unknown): readonly Reading[] {
    if (!isFields(value)) return [{ rejected: 'Expected an object here.' }]
    const kind = classOf(value)
    if (kind === undefined) return [{ rejected: 'The event has no class_uid.' }]
    if (!FINDING_CLASSES.has(kind)) return [{ ignored: 'not of a class of findings' }]
    const resources = this.#resources(value)
    if (resources.length === 0) return [{ rejected: 'The finding names no resource.' }]
    const notOpen = closedBecause(value)
    if (notOpen !== undefined) return resources.map(({ asset }) => ({ ignored: notOpen, asset }))
    const details = detailsOf(value)
    if (details.length === 0)
      return resources.map(({ asset }) => ({ rejected: 'The finding has nothing that identifies it.', asset }))
    const suppressed =
      number(value['status_id']) === STATUS_SUPPRESSED || /^suppressed$/i.test(text(value['status']) ?? '')
    return resources.flatMap(({ asset, place }) =>
      details.map(
        (detail): Reading => ({
          finding: {
            ...detail,
            asset,
            location: joined(place, detail.location),
            locationText: joined(place, detail.locationText),
            suppressed: suppressed || undefined,
          },
        }),
      ),
    )
  }

  #resources(event: Fields): OcsfResource[] {
    const named = resourcesOf(event)
    const { naming } = this.#options
    if (named.length === 0) {
      // One finding among many without a resource is rejected; a report whose first has none names no assets at all.
      const asset = this.#anyAsset ? naming.resolve(undefined, 'cloudResource') : undefined
      if (this.#anyAsset) return asset === undefined ? [] : [{ asset, place: undefined }]
      this.#anyAsset = true
      return [
        { asset: naming.require(undefined, 'cloudResource', 'has a finding that names no resource'), place: undefined },
      ]
    }
    this.#anyAsset = true
    if (!naming.given) return named
    // One asset for all: which resource it is must then show in the place.
    return named.flatMap(({ asset }) => {
      const given = naming.resolve(undefined, 'cloudResource')
      return given === undefined ? [] : [{ asset: given, place: asset.id ?? asset.name }]
    })
  }
}

function classOf(event: Fields): number | undefined {
  const own = number(event['class_uid'])
  if (own !== undefined) return own
  const type = number(event['type_uid'])
  if (type !== undefined) return Math.floor(type / 100)
  return isFields(event['finding_info']) ? 2004 : undefined
}

/** Why a finding is none (any more); `undefined` for one that is open. */
function closedBecause(event: Fields): string | undefined {
  const compliance = fields(event['compliance'])
  const outcomes = [event['status_code'], compliance['status_code'], compliance['status']]
  if (outcomes.some((outcome) => PASSED.has(text(outcome)?.toLowerCase() ?? ''))) return 'a check that passed'
  if (number(compliance['status_id']) === COMPLIANCE_PASS) return 'a check that passed'
  if (number(event['activity_id']) === ACTIVITY_CLOSE) return 'closed by its scanner'
  if (number(event['status_id']) === STATUS_RESOLVED || /^resolved$/i.test(text(event['status']) ?? ''))
    return 'resolved'
  return undefined
}

function detailsOf(event: Fields): Details[] {
  const vulnerabilities = list(event['vulnerabilities'])
  return vulnerabilities.length > 0
    ? vulnerabilities.flatMap((one) => vulnerabilityDetails(fields(one), event))
    : checkDetails(event)
}

/** A failed check or a detection: what identifies it is the check, not the finding, whose uid is made per resource. */
function checkDetails(event: Fields): Details[] {
  const about = fields(event['finding_info'] ?? event['finding'])
  const analytic = fields(about['analytic'])
  const compliance = fields(event['compliance'])
  const id = firstText(
    fields(event['metadata'])['event_code'],
    compliance['control'],
    analytic['uid'],
    analytic['name'],
    texts(about['types'])[0],
    about['title'],
    about['uid'],
  )
  if (id === undefined) return []
  return [
    {
      vulnerability: {
        id,
        title: firstText(about['title'], analytic['name']),
        description: firstText(event['status_detail'], event['message'], about['desc']),
        link: firstText(about['src_url'], ...list(fields(event['remediation'])['references'])),
      },
      severity: severityOf(event, undefined),
    },
  ]
}

function vulnerabilityDetails(vulnerability: Fields, event: Fields): Details[] {
  const about = fields(event['finding_info'] ?? event['finding'])
  const cve = fields(vulnerability['cve'])
  const advisory = fields(vulnerability['advisory'])
  const id = firstText(cve['uid'], advisory['uid'], vulnerability['uid'], about['uid'], about['title'])
  if (id === undefined) return []
  const scores = [...list(cve['cvss']), ...list(vulnerability['cvss'])].map(fields)
  const cvss = chooseCvss(
    scores.map((one) => ({
      version: text(one['version']),
      vector: text(one['vector_string']),
      score: number(one['base_score']),
    })),
  )
  const fixAvailable = [vulnerability['is_fix_available'], vulnerability['fix_available']].find(
    (one) => typeof one === 'boolean',
  )
  const shared = {
    vulnerability: {
      id,
      title: firstText(vulnerability['title'], cve['title'], about['title']),
      description: firstText(vulnerability['desc'], cve['desc'], about['desc']),
      link: firstText(...list(cve['references']), ...list(vulnerability['references']), about['src_url']),
    },
    severity: severityOf(event, text(vulnerability['severity'])),
    cvss: cvss?.score,
    cvssVector: cvss?.vector,
    epss: number(fields(cve['epss'])['score']),
  }
  const packages = [...list(vulnerability['affected_packages']), ...list(vulnerability['packages'])].map(fields)
  if (packages.length === 0) {
    const file = text(fields(fields(list(vulnerability['affected_code'])[0])['file'])['path'])
    return [{ ...shared, fixAvailable, location: file, locationText: file }]
  }
  return packages.map((one) => {
    const purl = text(one['purl'])
    const fixed = text(one['fixed_in_version'])
    const path = text(one['path'])
    const system = purl !== undefined && isSystemPackage(purl)
    return {
      ...shared,
      component: { name: text(one['name']), version: text(one['version']), purl },
      location: system ? undefined : path,
      locationText: path,
      fixAvailable: fixed !== undefined ? true : fixAvailable,
      fixedVersions: fixed === undefined ? [] : [fixed],
    }
  })
}

function severityOf(event: Fields, own: string | undefined): string | undefined {
  return own ?? text(event['severity']) ?? SEVERITIES.get(number(event['severity_id']) ?? -1)
}

function joined(place: string | undefined, location: string | undefined): string | undefined {
  return place !== undefined && location !== undefined ? `${place}/${location}` : (place ?? location)
}
