import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { Choice } from '@reprieve/assignment'
import { rules } from '@reprieve/contracts'
import type { KnownStep } from '../../application/known-rules.port.js'
import { KnownRulesRepository } from '../postgres/known-rules.repository.js'
import { MalformedEventError, versionOf } from './event-version.js'

/** Keeps what this service knows of rules. Every row knows the version it was made from, so no inbox is needed. */
@Controller()
export class RulesConsumer {
  readonly #rules: KnownRulesRepository

  constructor(@Inject(KnownRulesRepository) rules: KnownRulesRepository) {
    this.#rules = rules
  }

  @EventPattern('rules.v1')
  async ruleChanged(@Payload() { meta, rule }: rules.RuleEvent): Promise<void> {
    if (rule === undefined || rule.workflow.case === undefined) throw new MalformedEventError('a rule has a workflow')
    const { id, role, version, workflow, instructions } = rule
    const steps = workflow.case === 'autoPilot' ? null : workflow.value.steps.map(stepOf)
    await this.#rules.keep({ id, role, version, steps, instructions }, versionOf(meta))
  }
}

const CHOICES: Readonly<Partial<Record<rules.Choice, Choice>>> = {
  [rules.Choice.LEAST_LOADED]: 'leastLoaded',
  [rules.Choice.ROUND_ROBIN]: 'roundRobin',
}

function stepOf({ candidateIds, assignment }: rules.Step): KnownStep {
  if (assignment === undefined) return { candidates: candidateIds }
  const { reviewerRules, fallbackReviewerId, fallbackChoice } = assignment
  return {
    assigned: {
      reviewerRules: reviewerRules.map(({ name, when, reviewerId, choice }) => ({
        name,
        when,
        reviewerId,
        choice: choiceOf(choice),
      })),
      fallbackReviewerId: fallbackReviewerId === '' ? null : fallbackReviewerId,
      fallbackChoice: choiceOf(fallbackChoice),
    },
  }
}

/** One that only a newer owner knows is as good as any: it is among people who may all decide. */
const choiceOf = (choice: rules.Choice): Choice => CHOICES[choice] ?? 'leastLoaded'
