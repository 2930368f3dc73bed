import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import type { Rule } from '../../domain/rule.js'
import { RULE_COLUMNS, toRule } from './rule.repository.js'
import type { RulesTables } from './tables.js'

export type RuleSort = 'role' | 'createdAt' | 'editedAt'

export interface RuleFilters {
  role?: readonly string[] | undefined
  workflow?: ReadonlyArray<Rule['workflow']['type']> | undefined
}

/** Rules for the screen, and for whoever asks what their role's rule is. */
export class RuleReader {
  readonly #db: Database<RulesTables>['db']

  constructor(database: Database<RulesTables>) {
    this.#db = database.db
  }

  async find(id: string): Promise<Rule | null> {
    const row = await this.#newest().where('rule.id', '=', id).executeTakeFirst()
    return row === undefined ? null : toRule(row)
  }

  async forRole(role: string): Promise<Rule | null> {
    const row = await this.#newest().where('rule.role', '=', role).executeTakeFirst()
    return row === undefined ? null : toRule(row)
  }

  /** The next rules by id, for whoever goes through all of them. */
  async following(id: string, most: number): Promise<Rule[]> {
    const rows = await this.#newest().where('rule.id', '>', id).orderBy('rule.id').limit(most).execute()
    return rows.map(toRule)
  }

  async list({ role, workflow, ...page }: RuleFilters & PageRequest<RuleSort>): Promise<List<Rule>> {
    let query = this.#newest()
    if (role !== undefined) query = query.where('rule.role', 'in', role)
    if (workflow !== undefined) query = query.where('said.workflow_type', 'in', workflow)
    const { items, ...rest } = await readPage(this.#db, query, page, {
      columns: {
        role: { by: sql`lower(rule.role)`, type: 'text' },
        createdAt: { by: 'rule.created_at', type: 'timestamptz' },
        editedAt: { by: 'said.edited_at', type: 'timestamptz' },
      },
      id: 'rule.id',
    })
    return { items: items.map(toRule), ...rest }
  }

  /** Every version, the newest first unless asked otherwise. */
  async versions(ruleId: string, page: PageRequest<'version'>): Promise<List<Rule>> {
    const query = this.#db
      .selectFrom('rule')
      .innerJoin('rule_version as said', 'said.rule_id', 'rule.id')
      .select(RULE_COLUMNS)
      .where('rule.id', '=', ruleId)
    const { items, ...rest } = await readPage(this.#db, query, page, {
      columns: { version: { by: 'said.version', type: 'int4' } },
      // Versions of one rule differ in their version already.
      id: 'rule.id',
    })
    return { items: items.map(toRule), ...rest }
  }

  #newest() {
    return this.#db
      .selectFrom('rule')
      .innerJoin('rule_version as said', (join) =>
        join.onRef('said.rule_id', '=', 'rule.id').onRef('said.version', '=', 'rule.version'),
      )
      .select(RULE_COLUMNS)
  }
}
