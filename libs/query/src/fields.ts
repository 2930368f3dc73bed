/** The words for types that users see, in `GET /fields` and in messages. */
export type FieldType = 'string' | 'list of string' | 'double' | 'int' | 'bool' | 'timestamp'

/** What a query can say about one field. */
export interface FieldDefinition {
  readonly type: FieldType
  readonly description: string
  /** Every value the field can have, where they are few and fixed; a query that names another one is refused. */
  readonly values?: readonly string[]
  /** A list field that holds further values of this one: a test on this field asks whether any of them all passes. */
  readonly alsoIn?: string
  /** The time of evaluation: always known, and no part of a row. */
  readonly clock?: true
}

/** A closed set of fields that queries are written over, by name. */
export type FieldRegistry = Readonly<Record<string, FieldDefinition>>

const defineFields = <const Registry extends FieldRegistry>(registry: Registry): Registry => registry

/** The fields of an instance. Nothing else can stand in a query over instances. */
export const instanceFields = defineFields({
  id: { type: 'string', description: 'Id of the instance, so that a query can name just these.' },
  vulnerability: {
    type: 'string',
    description:
      'Canonical id of the vulnerability (its CVE where there is one). A test holds if any of its ids passes.',
    alsoIn: 'aliases',
  },
  aliases: { type: 'list of string', description: 'All ids of the vulnerability.' },
  title: { type: 'string', description: 'Title of the vulnerability.' },
  severity: {
    type: 'string',
    description: 'The highest severity that a scanner reporting the instance now gives.',
    values: ['critical', 'high', 'medium', 'low', 'none', 'unknown'],
  },
  scannerSeverity: { type: 'string', description: "The severity in the scanner's own word." },
  cvss: {
    type: 'double',
    description: 'CVSS base score, 0 to 10, from the feed where one is loaded, else the scanner.',
  },
  epss: { type: 'double', description: 'EPSS probability of exploitation, 0 to 1.' },
  kev: {
    type: 'bool',
    description:
      "Whether CISA's catalogue of known exploited vulnerabilities has it. Unknown while no feed is loaded and no scanner says.",
  },
  fixAvailable: { type: 'bool', description: 'Whether a fixed version is known.' },
  'asset.id': {
    type: 'string',
    description: "Id of the asset: the scanner's own where it has a global one, else made from type and name.",
  },
  'asset.name': { type: 'string', description: 'Name of the asset.' },
  'asset.type': {
    type: 'string',
    description: 'Kind of asset.',
    values: ['host', 'container', 'image', 'repository', 'cloudResource', 'application', 'unknown'],
  },
  'asset.os': { type: 'string', description: 'Operating system of the asset.' },
  'asset.owner': { type: 'string', description: 'Who owns the asset.' },
  'asset.businessUnit': { type: 'string', description: 'Business unit that the asset belongs to.' },
  'asset.environment': { type: 'string', description: 'Where the asset runs: production, staging, …' },
  'asset.exposure': {
    type: 'string',
    description: 'Who can reach the asset.',
    values: ['internet', 'internal', 'isolated'],
  },
  'asset.criticality': {
    type: 'string',
    description: 'How much the business depends on the asset.',
    values: ['critical', 'high', 'medium', 'low'],
  },
  'asset.tags': {
    type: 'list of string',
    description: 'Tags of the asset, key:value or plain. Unknown, not empty, unless a source gives tags.',
  },
  'component.name': { type: 'string', description: 'Name of the vulnerable component.' },
  'component.version': { type: 'string', description: 'Version of the vulnerable component.' },
  'component.purl': { type: 'string', description: 'Package URL of the vulnerable component.' },
  location: { type: 'string', description: 'Path or line, where the scanner gives one.' },
  port: { type: 'int', description: 'Network port, where the scanner gives one.' },
  scanners: { type: 'list of string', description: 'Scanners that report the instance now.' },
  firstSeen: { type: 'timestamp', description: 'When the instance was first seen.' },
  now: { type: 'timestamp', description: 'The time of evaluation.', clock: true },
})

export type InstanceFields = typeof instanceFields

interface ValueOf {
  string: string
  'list of string': readonly string[]
  double: number
  int: number
  bool: boolean
  timestamp: Date
}

/** A value that a row can hold. Times are kept to the millisecond. */
export type FieldValue = ValueOf[FieldType]

/** Names of a registry's fields that rows have, which is all but the clock. */
export type RowFieldName<Registry extends FieldRegistry> = {
  [Name in keyof Registry & string]: Registry[Name] extends { clock: true } ? never : Name
}[keyof Registry & string]

/** A row over a registry. `null` is a value nobody told us: unknown. An empty list is known to be empty. */
export type RowOf<Registry extends FieldRegistry> = {
  readonly [Name in RowFieldName<Registry>]: ValueOf[Registry[Name]['type']] | null
}

/** One instance as queries see it. Every field has to be said, so that none is forgotten by mistake. */
export type InstanceRow = RowOf<InstanceFields>

/** Any row; what the evaluators take. */
export type Row = Readonly<Record<string, FieldValue | null>>

/** One field as `GET /fields` shows it. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly description: string
  readonly values?: readonly string[]
}

/** The registry as a list, in its own order, to be shown to people. */
export function describeFields(registry: FieldRegistry = instanceFields): Field[] {
  return Object.entries(registry).map(([name, { type, description, values }]) =>
    values === undefined ? { name, type, description } : { name, type, description, values },
  )
}

/** The definition of a field, or undefined for a name the registry does not have (`constructor` is no field). */
export function fieldOf(registry: FieldRegistry, name: string): FieldDefinition | undefined {
  return Object.hasOwn(registry, name) ? registry[name] : undefined
}
