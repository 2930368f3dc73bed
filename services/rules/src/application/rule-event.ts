import type { EventBody } from '@reprieve/outbox'
import type { Rule } from '../domain/rule.js'

/** A rule's whole state as `rules.v1` tells it. */
export const ruleEvent = (rule: Rule): { subjectId: string; version: number; body: EventBody<'rules.v1'> } => ({
  subjectId: rule.id,
  version: rule.version,
  body: {
    rule: {
      id: rule.id,
      role: rule.role,
      version: rule.version,
      instructions: rule.instructions,
      workflow:
        rule.workflow.type === 'autoPilot'
          ? { case: 'autoPilot', value: {} }
          : {
              case: 'approvers',
              value: { steps: rule.workflow.steps.map(({ candidates }) => ({ candidateIds: [...candidates] })) },
            },
    },
  },
})
