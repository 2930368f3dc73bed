import type { Clock } from '@reprieve/clock'
import { compileQuery, holds } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import type { Grouping } from '../../domain/tickets/known-ticket.js'
import type { InstanceReader } from './instance.reader.js'
import { INSTANCE_TABLES } from './instance-columns.js'
import { type MatchRow, matchRowsWhere } from './match-rows.js'
import type { ScopeDatabase } from './tables.js'

/** A ticket's key is the instance's. */
const KEYS: Readonly<Record<Grouping, RawBuilder<boolean>>> = {
  ownerAndComponent: sql<boolean>`t.owner = a.owner AND t.component = i.component_name`,
  asset: sql<boolean>`t.asset_id = a.id`,
  vulnerability: sql<boolean>`t.vulnerability = v.canonical`,
}
const MOST = 100

/** Which open tickets an instance is one of. */
export class InstanceTicketsReader {
  constructor(
    private readonly database: ScopeDatabase,
    private readonly instances: InstanceReader,
    private readonly clock: Clock,
  ) {}

  /** @returns ids of those whose query has selected it, then of those of its groups, a hundred at most; null: there is no such instance */
  async read(id: string): Promise<string[] | null> {
    const { db } = this.database
    const at = await this.instances.whereIs(id)
    if (at === null) return null
    const own = sql`i.asset_key = ${at.asset_key} AND i.key = ${at.key}`
    const [row] = await matchRowsWhere(db, own)
    const byRules = row === undefined ? [] : await this.#rulesThatSelect(row)
    const grouped = byRules.map(
      (rule) => sql`UNION ALL SELECT t.id, 1 FROM ${INSTANCE_TABLES}
        JOIN ticket t ON t.open AND t.rule_id = ${rule.id} AND ${KEYS[rule.by]} WHERE ${own}`,
    )
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM (
        SELECT t.id, 0 AS place FROM membership m JOIN ticket t ON t.exception_key = m.exception_key AND t.open
        WHERE m.instance_key = ${at.key} AND m.until IS NULL
        ${sql.join(grouped, sql` `)}
      ) AS found ORDER BY place, id LIMIT ${MOST}`.execute(db)
    return rows.map((ticket) => ticket.id)
  }

  async #rulesThatSelect(row: MatchRow): Promise<Array<{ id: string; by: Grouping }>> {
    const rules = await this.database.db
      .selectFrom('grouping_rule')
      .select(['id', 'by', 'filter'])
      .where('enabled', '=', true)
      .execute()
    const now = this.clock.now()
    return rules.flatMap(({ id, by, filter }) => {
      const compiled = filter === '' ? null : compileQuery(filter)
      const selects = compiled === null || (compiled.ok && holds(compiled.query.normal, row, now))
      return selects ? [{ id, by: by as Grouping }] : []
    })
  }
}
