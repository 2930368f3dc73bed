import { Controller, Inject } from '@nestjs/common'
import { EventPattern, Payload } from '@nestjs/microservices'
import type { rules } from '@reprieve/contracts'
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
    const steps = workflow.case === 'autoPilot' ? null : workflow.value.steps.map(({ candidateIds }) => candidateIds)
    await this.#rules.keep({ id, role, version, steps, instructions }, versionOf(meta))
  }
}
