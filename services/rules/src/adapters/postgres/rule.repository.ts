import { type Selectable, sql } from 'kysely'
import type { RuleStore } from '../../application/rule-store.port.js'
import { type Rule, type Step, stepsOf, type Workflow } from '../../domain/rule.js'
import type { Rule as RuleTable, RuleVersion } from './tables.gen.js'
import type { Tx } from './tables.js'

/** A version joined with its rule, as `RULE_COLUMNS` selects it. */
export type RuleRow = Selectable<Pick<RuleTable, 'id' | 'role' | 'created_at'>> &
  Selectable<Omit<RuleVersion, 'rule_id'>>

export const RULE_COLUMNS = [
  'rule.id',
  'rule.role',
  'rule.created_at',
  'said.version',
  'said.workflow_type',
  'said.steps',
  'said.instructions',
  'said.edited_by',
  'said.edited_by_name',
  'said.edited_at',
] as const

export const toRule = (row: RuleRow): Rule => ({
  id: row.id,
  role: row.role,
  workflow: toWorkflow(row),
  instructions: row.instructions,
  version: row.version,
  createdAt: row.created_at,
  editedAt: row.edited_at,
  editedBy: { id: row.edited_by, name: row.edited_by_name },
})

const toWorkflow = ({ workflow_type, steps }: RuleRow): Workflow =>
  workflow_type === 'autoPilot'
    ? { type: 'autoPilot' }
    : // Written by `insertVersion`, and by nothing else.
      { type: 'approvers', steps: steps as unknown as Step[] }

export class RuleRepository implements RuleStore {
  async findForChange(tx: Tx, id: string): Promise<Rule | null> {
    // First the lock, then what the rule says: a version that another transaction has just committed is seen.
    const locked = await tx.selectFrom('rule').select('version').where('id', '=', id).forUpdate().executeTakeFirst()
    if (locked === undefined) return null
    const row = await tx
      .selectFrom('rule')
      .innerJoin('rule_version as said', 'said.rule_id', 'rule.id')
      .select(RULE_COLUMNS)
      .where('rule.id', '=', id)
      .where('said.version', '=', locked.version)
      .executeTakeFirstOrThrow()
    return toRule(row)
  }

  async insert(tx: Tx, rule: Rule): Promise<void> {
    const { id, role, version, createdAt } = rule
    await tx.insertInto('rule').values({ id, role, version, created_at: createdAt }).execute()
    await insertVersion(tx, rule)
  }

  async addVersion(tx: Tx, rule: Rule): Promise<void> {
    await insertVersion(tx, rule)
    await tx.updateTable('rule').set({ version: rule.version }).where('id', '=', rule.id).execute()
  }
}

async function insertVersion(tx: Tx, rule: Rule): Promise<void> {
  await tx
    .insertInto('rule_version')
    .values({
      rule_id: rule.id,
      version: rule.version,
      workflow_type: rule.workflow.type,
      steps: sql`${JSON.stringify(stepsOf(rule.workflow) ?? [])}::jsonb`,
      instructions: rule.instructions,
      edited_by: rule.editedBy.id,
      edited_by_name: rule.editedBy.name,
      edited_at: rule.editedAt,
    })
    .execute()
}
