import { Controller, Inject } from '@nestjs/common'
import { type Answer, etagOf, Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import { RuleService } from '../../application/rule.service.js'
import type { Rule } from '../../domain/rule.js'
import { RuleReader } from '../postgres/rule.reader.js'
import type { RulesTables } from '../postgres/tables.js'
import { createRule, deleteRule, editRule, getRule, listRules, listRuleVersions } from './rule.routes.js'

const toRuleAnswer = (rule: Rule) => ({
  id: rule.id,
  role: rule.role,
  workflow: rule.workflow,
  instructions: rule.instructions,
  version: rule.version,
  createdAt: rule.createdAt.toISOString(),
  editedAt: rule.editedAt.toISOString(),
  editedBy: rule.editedBy,
})

const answer = (status: number, rule: Rule): Answer => ({
  status,
  body: toRuleAnswer(rule),
  headers: { etag: etagOf(rule.version), ...(status === 201 ? { location: `/api/v1/rules/${rule.id}` } : {}) },
})

const unknownRule = () => new Problem('NOT_FOUND', 'There is no such rule.')

@Controller()
export class RuleController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<RulesTables>,
    private readonly rules: RuleService,
    private readonly reader: RuleReader,
  ) {}

  @Route(listRules)
  async list({ query }: RouteInput<typeof listRules>) {
    const { items, ...rest } = await this.reader.list(query)
    return { items: items.map(toRuleAnswer), ...rest }
  }

  @Route(getRule)
  async get({ params }: RouteInput<typeof getRule>) {
    const rule = await this.reader.find(params.id)
    if (rule === null) throw unknownRule()
    return answer(200, rule)
  }

  @Route(listRuleVersions)
  async versions({ params, query }: RouteInput<typeof listRuleVersions>) {
    if ((await this.reader.find(params.id)) === null) throw unknownRule()
    const { items, ...rest } = await this.reader.versions(params.id, query)
    return { items: items.map(toRuleAnswer), ...rest }
  }

  @Route(createRule)
  async create(input: RouteInput<typeof createRule>) {
    const { role, ...content } = input.body
    await this.rules.check(role, content)
    return await this.writes.run(input, async (tx) =>
      answer(201, await this.rules.create(tx, input.principal, role, content)),
    )
  }

  @Route(editRule)
  async edit(input: RouteInput<typeof editRule>) {
    const { role = null, workflow, instructions } = input.body
    const content = { workflow, instructions }
    await this.rules.check(null, content)
    return await this.writes.run(input, async (tx) =>
      answer(200, await this.rules.edit(tx, input.principal, input.params.id, input.ifMatch, role, content)),
    )
  }

  @Route(deleteRule)
  async delete(_input: RouteInput<typeof deleteRule>): Promise<never> {
    throw new Problem('RULE_CANNOT_BE_DELETED', 'Edit the rule instead: exceptions refer to it.', {
      headers: { allow: 'GET, PUT, OPTIONS' },
    })
  }
}
