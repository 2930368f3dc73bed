import { compileQuery } from '@reprieve/query'
import { type RawBuilder, sql } from 'kysely'
import type { Grouping } from '../../domain/tickets/known-ticket.js'
import { queryCondition } from './query-condition.js'
import type { Db } from './tables.js'

/** Whether an instance has the key of one of a rule's tickets that are overdue. */
const KEYS: Readonly<Record<Grouping, (rule: string, today: string) => RawBuilder<boolean>>> = {
  ownerAndComponent: (rule, today) => sql<boolean>`(a.owner, i.component_name) IN (
    SELECT owner, component FROM ticket WHERE rule_id = ${rule} AND open AND due_on < ${today}::date)`,
  asset: (rule, today) => sql<boolean>`a.id IN (
    SELECT asset_id FROM ticket WHERE rule_id = ${rule} AND open AND due_on < ${today}::date)`,
  vulnerability: (rule, today) => sql<boolean>`v.canonical IN (
    SELECT vulnerability FROM ticket WHERE rule_id = ${rule} AND open AND due_on < ${today}::date)`,
}

/**
 * Whether an instance (over `i`, `a` and `v`) is one of an open ticket whose due day is over in UTC.
 * @returns null where there is no such ticket
 */
export async function overdueCondition(db: Db, now: Date): Promise<RawBuilder<boolean> | null> {
  const today = now.toISOString().slice(0, 10)
  const { rows } = await sql<{ rule_id: string | null; by: Grouping | null; filter: string | null }>`
    SELECT DISTINCT t.rule_id, r.by, r.filter FROM ticket t LEFT JOIN grouping_rule r ON r.id = t.rule_id AND r.enabled
    WHERE t.open AND t.due_on < ${today}::date AND (t.rule_id IS NULL OR r.id IS NOT NULL)`.execute(db)
  const conditions = rows.flatMap(({ rule_id, by, filter }): RawBuilder<boolean>[] => {
    if (rule_id === null || by === null) {
      return [
        sql<boolean>`EXISTS (SELECT FROM membership m JOIN ticket t ON t.exception_key = m.exception_key AND t.open AND t.due_on < ${today}::date
          WHERE m.instance_key = i.key AND m.until IS NULL)`,
      ]
    }
    const compiled = filter === null || filter === '' ? null : compileQuery(filter)
    if (compiled !== null && !compiled.ok) return []
    const selected = compiled === null ? sql<boolean>`true` : queryCondition(compiled.query, now)
    return [sql<boolean>`(${KEYS[by](rule_id, today)} AND (${selected}))`]
  })
  return conditions.length === 0 ? null : sql<boolean>`(${sql.join(conditions, sql` OR `)})`
}
