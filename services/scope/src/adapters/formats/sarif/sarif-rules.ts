import { severityOfScore } from '../../../domain/identity/index.js'
import { type Fields, fields, firstText, list, number, text, texts } from '../json/fields.js'

/** What of a rule its results need, kept for all rules of a run. */
export interface Rule {
  readonly id: string | undefined
  readonly guid: string | undefined
  readonly title: string | undefined
  readonly description: string | undefined
  readonly link: string | undefined
  readonly level: string | undefined
  readonly score: number | undefined
  readonly aliases: readonly string[]
}

const KEPT_CHARACTERS = 4000

export function ruleOf(value: unknown): Rule {
  const rule = fields(value)
  const properties = fields(rule['properties'])
  const message = (name: string) => text(fields(rule[name])['text'])?.slice(0, KEPT_CHARACTERS)
  return {
    id: text(rule['id']),
    guid: text(rule['guid']),
    title: firstText(message('shortDescription'), rule['name'])?.slice(0, KEPT_CHARACTERS),
    description: message('fullDescription'),
    link: text(rule['helpUri']),
    level: text(fields(rule['defaultConfiguration'])['level']),
    score: securityScore(properties),
    // OSV-Scanner puts a vulnerability's other ids here (§3.49.4: earlier ids of the same rule).
    aliases: texts(rule['deprecatedIds']).slice(0, 20),
  }
}

/** `security-severity`, a score on the scale of CVSS, as GitHub code scanning defined it. */
export function securityScore(properties: Fields): number | undefined {
  const score = number(properties['security-severity'])
  return score !== undefined && score >= 0 && score <= 10 ? score : undefined
}

/** The rules of one driver or extension. */
export interface ToolComponent {
  readonly name: string | undefined
  readonly guid: string | undefined
  readonly rules: readonly Rule[]
}

/** All rules of a run, to be found from a result (§3.27.5 – §3.27.7, §3.52). */
export class RuleBook {
  readonly #driver: ToolComponent | undefined
  readonly #extensions: readonly ToolComponent[]
  readonly #byId = new Map<string, Rule>()
  readonly #byGuid = new Map<string, Rule>()

  constructor(driver: ToolComponent | undefined, extensions: readonly ToolComponent[]) {
    this.#driver = driver
    this.#extensions = extensions
    for (const component of [...(driver ? [driver] : []), ...extensions])
      for (const rule of component.rules) {
        if (rule.id !== undefined && !this.#byId.has(rule.id)) this.#byId.set(rule.id, rule)
        if (rule.guid !== undefined && !this.#byGuid.has(rule.guid)) this.#byGuid.set(rule.guid, rule)
      }
  }

  /** The rule of a result, and its index among the rules of its tool component. */
  find(result: Fields): Rule | undefined {
    const reference = fields(result['rule'])
    const place = this.#component(fields(reference['toolComponent']))
    const index = number(reference['index']) ?? number(result['ruleIndex'])
    const byIndex = index === undefined || index < 0 ? undefined : place?.rules[index]
    const id = idOf(result)
    if (byIndex && (id === undefined || byIndex.id === undefined || matches(id, byIndex.id))) return byIndex
    const guid = firstText(reference['guid'], result['ruleGuid'])
    const byGuid = guid === undefined ? undefined : this.#byGuid.get(guid)
    if (byGuid || id === undefined) return byGuid ?? byIndex
    // A hierarchical id, CA2101/special, falls back to the rule above it (§3.5.4).
    for (let part = id; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('/')))) {
      const rule = this.#byId.get(part)
      if (rule) return rule
    }
    return undefined
  }

  #component(reference: Fields): ToolComponent | undefined {
    const index = number(reference['index'])
    if (index !== undefined && index >= 0) return this.#extensions[index]
    const guid = text(reference['guid'])
    const name = text(reference['name'])
    if (guid === undefined && name === undefined) return this.#driver
    return [this.#driver, ...this.#extensions].find(
      (one) => one !== undefined && (guid !== undefined ? one.guid === guid : one.name === name),
    )
  }
}

function idOf(result: Fields): string | undefined {
  return firstText(result['ruleId'], fields(result['rule'])['id'])
}

function matches(id: string, rule: string): boolean {
  return id === rule || id.startsWith(`${rule}/`)
}

/**
 * The id of what a result is about: its rule's; where it names none, the first class of a taxonomy it belongs to
 * (§3.27.8), such as CWE-79.
 */
export function ruleIdOf(result: Fields, rule: Rule | undefined): string | undefined {
  const id = idOf(result) ?? rule?.id ?? rule?.guid
  if (id !== undefined) return id
  for (const entry of list(result['taxa'])) {
    const taxon = fields(entry)
    const own = text(taxon['id'])
    const taxonomy = text(fields(taxon['toolComponent'])['name'])
    if (own !== undefined) return taxonomy === undefined || own.startsWith(taxonomy) ? own : `${taxonomy}-${own}`
  }
  return undefined
}

/** A severity's word for a result: by its score where it has one, else its level. */
export function severityOfResult(score: number | undefined, level: string): string {
  return score === undefined ? level : severityOfScore(score)
}
