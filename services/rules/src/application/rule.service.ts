import type { Clock } from '@reprieve/clock'
import { violatedUnique } from '@reprieve/database'
import { etagOf, Problem, requireMatch } from '@reprieve/http-kit'
import type { Outbox } from '@reprieve/outbox'
import type { People } from '@reprieve/people'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import { candidatesOf, placesOf, type Rule, type RuleContent, sameContent, workflowFaults } from '../domain/rule.js'
import { ruleEvent } from './rule-event.js'
import type { RuleStore } from './rule-store.port.js'

interface Editor {
  id: string
  name: string
}

/** Makes and edits rules. Rules are never deleted. */
export class RuleService {
  readonly #rules: RuleStore
  readonly #people: People
  readonly #outbox: Outbox
  readonly #clock: Clock

  constructor(rules: RuleStore, people: People, outbox: Outbox, clock: Clock) {
    this.#rules = rules
    this.#people = people
    this.#outbox = outbox
    this.#clock = clock
  }

  /**
   * Holds what a rule says against the directory, waiting for what has not been heard of yet: so before the transaction.
   * @param role of a new rule; null for an edit
   * @throws Problem INVALID, ROLE_UNKNOWN, USER_UNKNOWN
   */
  async check(role: string | null, { workflow }: RuleContent): Promise<void> {
    const faults = workflowFaults(workflow).map((fault) => ({ ...fault, pointer: `/workflow${fault.pointer}` }))
    if (faults.length > 0)
      throw new Problem('INVALID', 'Something in the workflow is wrong: see `errors`.', { errors: faults })
    const [known, unknown] = await Promise.all([
      role === null ? null : this.#people.waitForRole(role),
      this.#people.waitForCandidates(candidatesOf(workflow)),
    ])
    if (role !== null && known === null) {
      throw new Problem('ROLE_UNKNOWN', 'A rule is for a role that exists.', {
        errors: [{ pointer: '/role', detail: 'There is no such role.' }],
      })
    }
    if (unknown.size > 0) {
      throw new Problem('USER_UNKNOWN', 'Every candidate is a user or a group.', {
        errors: [...placesOf(workflow, unknown)].map((pointer) => ({
          pointer: `/workflow${pointer}`,
          detail: 'There is no such user or group.',
        })),
      })
    }
  }

  /** @throws Problem ROLE_HAS_RULE */
  async create(tx: Tx, editor: Editor, role: string, content: RuleContent): Promise<Rule> {
    const now = this.#clock.now()
    const rule: Rule = {
      id: uuidv7({ msecs: now.getTime() }),
      role,
      ...content,
      version: 1,
      createdAt: now,
      editedAt: now,
      editedBy: { id: editor.id, name: editor.name },
    }
    try {
      await this.#rules.insert(tx, rule)
    } catch (error) {
      if (violatedUnique(error) !== 'rule_role_unique') throw error
      throw new Problem('ROLE_HAS_RULE', `There is a rule for ${role}: edit that one.`, {
        errors: [{ pointer: '/role', detail: 'The role has a rule.' }],
      })
    }
    await this.#tell(tx, rule)
    return rule
  }

  /**
   * The rule's next version. It applies to later requests; exceptions keep the one they were made with.
   * @param role must be the rule's own if it is given: a rule stays with its role
   * @throws Problem NOT_FOUND, PRECONDITION_FAILED, INVALID
   */
  async edit(
    tx: Tx,
    editor: Editor,
    id: string,
    ifMatch: string | null,
    role: string | null,
    content: RuleContent,
  ): Promise<Rule> {
    const before = await this.#rules.findForChange(tx, id)
    if (before === null) throw new Problem('NOT_FOUND', 'There is no such rule.')
    requireMatch(ifMatch, etagOf(before.version))
    if (role !== null && role !== before.role) {
      throw new Problem('INVALID', `This rule is for ${before.role} and stays so: make another one for ${role}.`, {
        errors: [{ pointer: '/role', detail: `Must be ${before.role}.` }],
      })
    }
    if (sameContent(before, content)) return before
    const after: Rule = {
      ...before,
      ...content,
      version: before.version + 1,
      editedAt: this.#clock.now(),
      editedBy: { id: editor.id, name: editor.name },
    }
    await this.#rules.addVersion(tx, after)
    await this.#tell(tx, after)
    return after
  }

  async #tell(tx: Tx, rule: Rule): Promise<void> {
    await this.#outbox.append(tx, { topic: 'rules.v1', actor: rule.editedBy, at: rule.editedAt, ...ruleEvent(rule) })
  }
}
