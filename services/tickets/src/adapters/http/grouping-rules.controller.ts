import { Controller, Inject } from '@nestjs/common'
import { type Answer, etagOf, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import { PEOPLE, WRITES } from '@reprieve/service-host'
import { GroupingRuleService } from '../../application/grouping-rule.service.js'
import type { GroupingRule } from '../../application/grouping-rules.port.js'
import { OwnersRepository } from '../postgres/owners.repository.js'
import type { TicketsTables } from '../postgres/tables.js'
import { createGroupingRule, editGroupingRule, listGroupingRules } from './settings.routes.js'

@Controller()
export class GroupingRulesController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<TicketsTables>,
    @Inject(PEOPLE) private readonly people: People,
    @Inject(OwnersRepository) private readonly owners: OwnersRepository,
    @Inject(GroupingRuleService) private readonly rules: GroupingRuleService,
  ) {}

  @Route(listGroupingRules)
  async list(_input: RouteInput<typeof listGroupingRules>) {
    const rules = await this.rules.all()
    const names = await this.people.names(rules.map(({ ownerId }) => ownerId))
    return { items: rules.map((rule) => toView(rule, names)) }
  }

  @Route(createGroupingRule)
  async create(input: RouteInput<typeof createGroupingRule>): Promise<Answer> {
    const { by, ...said } = input.body
    await this.rules.check(said)
    const names = await this.people.names([said.ownerId])
    return this.writes.run(input, async (tx) =>
      answer(201, await this.rules.create(tx, by, said, input.principal), names),
    )
  }

  @Route(editGroupingRule)
  async edit(input: RouteInput<typeof editGroupingRule>): Promise<Answer> {
    const { params, body, ifMatch, principal } = input
    await this.rules.check(body)
    return this.writes.run(input, async (tx) => {
      const rule = await this.rules.edit(tx, params.id, ifMatch, body, principal)
      const owners = await this.owners.byId(tx, [rule.ownerId])
      return answer(200, rule, new Map([...owners.values()].map(({ id, name }) => [id, name])))
    })
  }
}

const answer = (status: number, rule: GroupingRule, names: ReadonlyMap<string, string>): Answer => ({
  status,
  body: toView(rule, names),
  headers: { etag: etagOf(rule.version) },
})

const toView = (
  { id, name, by, filter, enabled, ownerId, version }: GroupingRule,
  names: ReadonlyMap<string, string>,
) => ({
  id,
  name,
  by,
  filter,
  enabled,
  owner: { id: ownerId, name: names.get(ownerId) ?? ownerId },
  version,
})
