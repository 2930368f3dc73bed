import type { Tx } from '../adapters/postgres/tables.js'
import type { Rule } from '../domain/rule.js'

export interface RuleStore {
  /** The newest version, locked until the transaction ends. */
  findForChange(tx: Tx, id: string): Promise<Rule | null>
  /** @throws a violation of `rule_role_unique` where the role has a rule */
  insert(tx: Tx, rule: Rule): Promise<void>
  /** Adds the version that the rule now is. */
  addVersion(tx: Tx, rule: Rule): Promise<void>
}
