import { tickets } from '@reprieve/contracts'
import { type Database, violatedUnique } from '@reprieve/database'
import type { NewEvent, Outbox } from '@reprieve/outbox'
import { type Selectable, sql } from 'kysely'
import { type GroupingRule, type GroupingRules, RuleNameTakenError } from '../../application/grouping-rules.port.js'
import type { Grouping } from '../../domain/grouping.js'
import type { DB } from './tables.gen.js'
import type { TicketsTables, Tx } from './tables.js'

const GROUPINGS: Readonly<Record<Grouping, tickets.Grouping>> = {
  ownerAndComponent: tickets.Grouping.OWNER_AND_COMPONENT,
  asset: tickets.Grouping.ASSET,
  vulnerability: tickets.Grouping.VULNERABILITY,
}

/** Grouping rules in this service's own database, with their events in its outbox. */
export class GroupingRulesRepository implements GroupingRules {
  readonly #database: Database<TicketsTables>
  readonly #outbox: Outbox

  constructor(database: Database<TicketsTables>, outbox: Outbox) {
    this.#database = database
    this.#outbox = outbox
  }

  async all(): Promise<GroupingRule[]> {
    const rows = await this.#database.db.selectFrom('grouping_rule').selectAll().orderBy(sql`lower(name)`).execute()
    return rows.map(ruleOf)
  }

  async find(tx: Tx, ids: readonly string[]): Promise<Map<string, GroupingRule>> {
    if (ids.length === 0) return new Map()
    const rows = await tx
      .selectFrom('grouping_rule')
      .selectAll()
      .where('id', '=', sql<string>`ANY(${[...ids]}::uuid[])`)
      .execute()
    return new Map(rows.map((row) => [row.id, ruleOf(row)]))
  }

  async lock(tx: Tx, id: string): Promise<GroupingRule | null> {
    const row = await tx.selectFrom('grouping_rule').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    return row === undefined ? null : ruleOf(row)
  }

  async save(tx: Tx, rule: GroupingRule, actor: { id: string; name: string }, at: Date): Promise<void> {
    const moving = {
      version: rule.version,
      name: rule.name,
      filter: rule.filter,
      query_version: rule.queryVersion,
      enabled: rule.enabled,
      owner_id: rule.ownerId,
    }
    try {
      await tx
        .insertInto('grouping_rule')
        .values({ id: rule.id, grouped_by: rule.by, created_at: rule.createdAt, ...moving })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(moving))
        .execute()
    } catch (error) {
      if (violatedUnique(error) !== 'grouping_rule_name') throw error
      throw new RuleNameTakenError('another rule has this name', { cause: error })
    }
    await this.#outbox.append(tx, { ...groupingRuleEvent(rule), actor, at })
  }
}

/** A rule as it is. */
export const groupingRuleEvent = (rule: GroupingRule): Omit<NewEvent<'tickets.v1'>, 'actor' | 'at'> => ({
  topic: 'tickets.v1',
  subjectId: rule.id,
  version: rule.version,
  body: {
    subject: {
      case: 'groupingRule',
      value: {
        id: rule.id,
        name: rule.name,
        by: GROUPINGS[rule.by],
        filter: rule.filter,
        version: rule.queryVersion,
        enabled: rule.enabled,
      },
    },
  },
})

const ruleOf = (row: Selectable<DB['grouping_rule']>): GroupingRule => ({
  id: row.id,
  version: row.version,
  name: row.name,
  by: row.grouped_by as Grouping,
  filter: row.filter,
  queryVersion: row.query_version,
  enabled: row.enabled,
  ownerId: row.owner_id,
  createdAt: row.created_at,
})
