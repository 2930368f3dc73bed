import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { KnownRule, KnownRules, KnownStep } from '../../application/known-rules.port.js'
import { newer, type Version } from './newer.js'
import type { ExceptionsTables } from './tables.js'

export interface ToldRule extends KnownRule {
  role: string
  instructions: string
}

/** What `rules.v1` tells; only the newest of each rule. */
export class KnownRulesRepository implements KnownRules {
  readonly #database: Database<ExceptionsTables>

  constructor(database: Database<ExceptionsTables>) {
    this.#database = database
  }

  async ofRole(role: string): Promise<KnownRule | null> {
    const row = await this.#database.db
      .selectFrom('known_rule')
      .select(['id', 'rule_version', 'steps'])
      .where('role', '=', role)
      // Its owner allows one rule a role; while a rule moves to another role, the one told of last holds.
      .orderBy('incarnation', 'desc')
      .orderBy('version', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row === undefined) return null
    // Written by `keep`, and by nothing else.
    return { id: row.id, version: row.rule_version, steps: row.steps as KnownStep[] | null }
  }

  async keep(rule: ToldRule, version: Version): Promise<void> {
    const values = {
      id: rule.id,
      role: rule.role,
      rule_version: rule.version,
      steps: rule.steps === null ? null : sql<string>`${JSON.stringify(rule.steps)}::jsonb`,
      instructions: rule.instructions,
      ...version,
    }
    await this.#database.db
      .insertInto('known_rule')
      .values(values)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values).where(newer('known_rule')))
      .execute()
  }
}
