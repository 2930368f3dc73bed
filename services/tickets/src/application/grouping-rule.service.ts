import type { Clock } from '@reprieve/clock'
import { etagOf, Problem, requireMatch } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import type { Grouping } from '../domain/grouping.js'
import type { Person } from '../domain/ticket.js'
import { refuseInvalid } from './expression.js'
import { type GroupingRule, type GroupingRules, RuleNameTakenError } from './grouping-rules.port.js'
import { ownerOf } from './people-behind.js'

export interface GroupingRuleSaid {
  name: string
  filter: string
  enabled: boolean
  ownerId: string
}

/** Makes and edits grouping rules. A rule that is not wanted any more is switched off: its tickets stay. */
export class GroupingRuleService {
  readonly #rules: GroupingRules
  readonly #people: People
  readonly #clock: Clock

  constructor(rules: GroupingRules, people: People, clock: Clock) {
    this.#rules = rules
    this.#people = people
    this.#clock = clock
  }

  all(): Promise<GroupingRule[]> {
    return this.#rules.all()
  }

  /** Before the transaction. @throws Problem QUERY_INVALID, USER_UNKNOWN */
  async check({ filter, ownerId }: { filter?: string | undefined; ownerId?: string | undefined }): Promise<void> {
    if (filter !== undefined && filter !== '') refuseInvalid(filter, '/filter')
    if (ownerId !== undefined) await ownerOf(this.#people, ownerId)
  }

  /** @throws Problem NAME_TAKEN */
  async create(tx: Tx, by: Grouping, said: GroupingRuleSaid, actor: Person): Promise<GroupingRule> {
    const now = this.#clock.now()
    const id = uuidv7({ msecs: now.getTime() })
    const rule: GroupingRule = { id, version: 1, by, ...said, queryVersion: 1, createdAt: now }
    await this.#save(tx, rule, actor, now)
    return rule
  }

  /** @throws Problem NOT_FOUND, PRECONDITION_FAILED, NAME_TAKEN */
  async edit(
    tx: Tx,
    id: string,
    ifMatch: string | null,
    asked: { [part in keyof GroupingRuleSaid]?: GroupingRuleSaid[part] | undefined },
    actor: Person,
  ): Promise<GroupingRule> {
    const before = await this.#rules.lock(tx, id)
    if (before === null) throw new Problem('NOT_FOUND', 'There is no such grouping rule.')
    requireMatch(ifMatch, etagOf(before.version))
    const { name = before.name, filter = before.filter, enabled = before.enabled, ownerId = before.ownerId } = asked
    const selectsOther = filter !== before.filter || enabled !== before.enabled
    if (!selectsOther && name === before.name && ownerId === before.ownerId) return before
    const after: GroupingRule = {
      ...before,
      name,
      filter,
      enabled,
      ownerId,
      version: before.version + 1,
      queryVersion: before.queryVersion + (selectsOther ? 1 : 0),
    }
    await this.#save(tx, after, actor, this.#clock.now())
    return after
  }

  async #save(tx: Tx, rule: GroupingRule, { id, name }: Person, now: Date): Promise<void> {
    try {
      await this.#rules.save(tx, rule, { id, name }, now)
    } catch (error) {
      if (!(error instanceof RuleNameTakenError)) throw error
      const detail = 'Another grouping rule has this name.'
      throw new Problem('NAME_TAKEN', detail, { errors: [{ pointer: '/name', detail }], cause: error })
    }
  }
}
