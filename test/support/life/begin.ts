import { Model, PEOPLE } from './model.js'
import type { Real } from './real.js'

const RULE = [['ann', 'leads'], ['mixed']] as const
const GROUPS = { leads: ['ann', 'ben', 'cem'], mixed: ['dana', 'cem'] } as const

/** Everybody active, the groups and the rule as at first, and nothing left waiting. Only what is changed is set. */
export async function begin(real: Real, before: Model | null): Promise<Model> {
  for (const who of PEOPLE) if (before?.active.has(who) === false) await real.setActive(who, true)
  for (const group of ['leads', 'mixed'] as const) await real.setMembers(group, GROUPS[group])
  await real.setRule(RULE)
  await real.system.settled()
  for (const { id, status, requester } of before?.exceptions ?? []) {
    if (status === 'pendingApproval') await real.as(requester).post(`/exceptions/${id}/withdraw`, {})
  }
  await real.renewTokens()
  await real.system.settled()
  return new Model(real.clock.now().getTime(), RULE, GROUPS)
}
