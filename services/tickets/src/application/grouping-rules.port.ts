import type { Tx } from '../adapters/postgres/tables.js'
import type { Grouping } from '../domain/grouping.js'

/** Opens one ticket for each group of instances that its filter selects. */
export interface GroupingRule {
  id: string
  /** Counts the changes from 1. */
  version: number
  name: string
  by: Grouping
  /** A query over instances; empty: all of them. */
  filter: string
  /** Counts the edits of what it selects from 1. */
  queryVersion: number
  enabled: boolean
  /** Who owns a ticket whose group's owner is nobody here. */
  ownerId: string
  createdAt: Date
}

/** Another rule has this name. */
export class RuleNameTakenError extends Error {
  override readonly name = 'RuleNameTakenError'
}

export interface GroupingRules {
  all(): Promise<GroupingRule[]>
  find(tx: Tx, ids: readonly string[]): Promise<Map<string, GroupingRule>>
  lock(tx: Tx, id: string): Promise<GroupingRule | null>
  /** New, or its next version. @throws RuleNameTakenError */
  save(tx: Tx, rule: GroupingRule, actor: { id: string; name: string }, at: Date): Promise<void>
}
