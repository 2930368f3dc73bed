import { vulnerabilityInRule } from '../../../domain/identity/index.js'
import { type Fields, fields, firstText, isFields, list, text, texts } from '../json/fields.js'
import type { Scope } from '../json/outline.js'
import { ReportFault } from '../report-fault.js'
import type { FormatReader, ReaderOptions, Reading, ReportAsset } from '../report-format.port.js'
import { baseUris, namingBase, placeOf, type RunUris } from './sarif-location.js'
import { packageInResult } from './sarif-package.js'
import {
  type Rule,
  RuleBook,
  ruleIdOf,
  ruleOf,
  securityScore,
  severityOfResult,
  type ToolComponent,
} from './sarif-rules.js'

/** What has been gathered of a run before its results can be read. */
interface Run {
  driver: ToolComponent | undefined
  readonly extensions: ToolComponent[]
  readonly artifacts: (string | undefined)[]
  /** Levels that the user set for a rule, by its id. */
  readonly levels: Map<string, string>
  asset: ReportAsset | undefined
  rules: RuleBook | undefined
  uris: RunUris | undefined
}

/** What a rule costs in memory beside its texts. */
const RULE_BYTES = 300
const URI_BYTES = 60

/** Kinds of result that are no problem (§3.27.9). */
const NO_PROBLEM: ReadonlyMap<string, string> = new Map([
  ['pass', 'a check that passed'],
  ['notApplicable', 'a check that does not apply'],
  ['informational', 'information, no problem'],
])

export class SarifReader implements FormatReader {
  readonly #options: ReaderOptions
  readonly #assets: ReportAsset[] = []

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  ready(scope: Scope): boolean {
    return scope.kind === 'run' && scope.closed
  }

  item(of: string, value: unknown, scope: Scope): void {
    if (of === 'rule') {
      const rule = ruleOf(value)
      const characters = [rule.id, rule.title, rule.description, rule.link].reduce(
        (sum, part) => sum + (part?.length ?? 0),
        0,
      )
      this.#options.keep(RULE_BYTES + 2 * characters)
      scope.made ??= []
      ;(scope.made as Rule[]).push(rule)
      return
    }
    const override = fields(value)
    const id = text(fields(override['descriptor'])['id'])
    const level = text(fields(override['configuration'])['level'])
    if (id === undefined || level === undefined) return
    this.#options.keep(URI_BYTES + id.length)
    run(scope).levels.set(id, level)
  }

  closed(scope: Scope): void {
    const { kind, parent, slots } = scope
    if (kind === 'run') this.#closeRun(scope)
    else if (kind === 'tool component' && parent) {
      const component: ToolComponent = {
        name: text(slots.get('name')),
        guid: text(slots.get('guid')),
        rules: (scope.made as Rule[] | undefined) ?? [],
      }
      // The driver is a member by name, extensions are elements of a list.
      const owner = run(parent)
      if (parent.slots.has('{driver}') && owner.driver === undefined) owner.driver = component
      else owner.extensions.push(component)
    } else if (kind === 'artifact' && parent) {
      const uri = text(slots.get('uri'))
      this.#options.keep(URI_BYTES + (uri?.length ?? 0))
      run(parent).artifacts.push(uri)
    }
  }

  finish(root: Scope): readonly ReportAsset[] {
    const version = text(root.slots.get('version'))
    if (version !== undefined && !version.startsWith('2.'))
      throw new ReportFault('UNSUPPORTED_VERSION', 'Of SARIF, version 2.1.0 is read.', '/version')
    if (this.#assets.length > 0) return this.#assets
    return [this.#options.naming.require(undefined, 'repository', 'has no run')]
  }

  read(_of: string, value: unknown, scope: Scope): readonly Reading[] {
    const { asset, levels, rules, uris } = run(scope)
    if (!isFields(value)) return [{ rejected: 'Expected an object here.', asset }]
    const rule = rules?.find(value)
    const id = ruleIdOf(value, rule)
    if (id === undefined || asset === undefined || uris === undefined)
      return [{ rejected: 'The result names no rule.', asset }]
    const kind = text(value['kind']) ?? 'fail'
    const noProblem = NO_PROBLEM.get(kind)
    if (noProblem !== undefined) return [{ ignored: noProblem, asset }]
    if (text(value['baselineState']) === 'absent') return [{ ignored: 'no longer there since the baseline', asset }]
    const message = messageOf(value)
    const known = vulnerabilityInRule(id)
    const found = known === undefined ? undefined : packageInResult(value, id, message)
    const properties = fields(value['properties'])
    const score = securityScore(properties) ?? rule?.score
    const level = text(value['level']) ?? levels.get(id) ?? rule?.level ?? (kind === 'fail' ? 'warning' : 'none')
    return [
      {
        finding: {
          asset,
          vulnerability: {
            id: known?.id ?? id,
            aliases: known === undefined ? [] : [...(known.alias ? [known.alias] : []), ...(rule?.aliases ?? [])],
            title: rule?.title ?? firstLine(message),
            description: message ?? rule?.description,
            link: firstText(rule?.link, value['hostedViewerUri']),
          },
          component: found && { name: found.name, version: found.version, purl: found.purl },
          ...placeOf(value, uris),
          severity: severityOfResult(score, level),
          // For a rule of a scanner's own it is a rank, not the score of a vulnerability.
          cvss: known === undefined ? undefined : score,
          fixAvailable: found?.fixed === undefined ? undefined : true,
          fixedVersions: found?.fixed === undefined ? [] : [found.fixed],
          suppressed: isSuppressed(value['suppressions']) || undefined,
        },
      },
    ]
  }

  #closeRun(scope: Scope): void {
    const own = run(scope)
    const bases = baseUris(scope.slots.get('originalUriBaseIds'))
    own.asset = this.#options.naming.require(
      assetOf(scope, bases),
      'repository',
      'has a run that names no asset (versionControlProvenance or originalUriBaseIds)',
      '/runs',
    )
    if (!this.#assets.includes(own.asset)) {
      this.#options.keep(RULE_BYTES)
      this.#assets.push(own.asset)
    }
    own.rules = new RuleBook(own.driver, own.extensions)
    own.uris = { artifacts: own.artifacts, bases }
  }
}

function run(scope: Scope): Run {
  scope.made ??= {
    driver: undefined,
    extensions: [],
    artifacts: [],
    levels: new Map(),
    asset: undefined,
    rules: undefined,
    uris: undefined,
  } satisfies Run
  return scope.made as Run
}

function assetOf({ slots }: Scope, bases: readonly string[]): ReportAsset | undefined {
  const properties = fields(slots.get('properties'))
  // Trivy's bag of properties for an image.
  const image = firstText(properties['imageName'], ...texts(properties['repoTags']))
  if (image !== undefined) return { name: image, type: 'image' }
  for (const entry of list(slots.get('versionControlProvenance'))) {
    const uri = text(fields(entry)['repositoryUri'])
    if (uri !== undefined) return { name: uri, type: 'repository' }
  }
  const base = namingBase(bases)
  return base === undefined ? undefined : { name: base, type: 'repository' }
}

/** A message's text, with its arguments in place (§3.11.5). */
function messageOf(result: Fields): string | undefined {
  const message = fields(result['message'])
  const said = firstText(message['text'], message['markdown'])
  const values = list(message['arguments'])
  if (said === undefined || values.length === 0) return said
  return said.slice(0, 8000).replace(/\{(\d{1,3})\}/g, (whole, index: string) => text(values[Number(index)]) ?? whole)
}

function firstLine(message: string | undefined): string | undefined {
  return message?.split('\n', 1)[0]
}

/** Suppressed if there is a suppression that is neither rejected nor still under review (§3.27.23, §3.35.3). */
function isSuppressed(suppressions: unknown): boolean {
  return list(suppressions).some((entry) => {
    const status = text(fields(entry)['status']) ?? text(fields(entry)['state']) ?? 'accepted'
    return isFields(entry) && status === 'accepted'
  })
}
