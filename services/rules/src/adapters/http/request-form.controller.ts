import { Controller, Inject } from '@nestjs/common'
import { Problem, Route, type RouteInput } from '@reprieve/http-kit'
import type { People } from '@reprieve/people'
import { PEOPLE } from '@reprieve/service-host'
import { choicesOf, requestForm } from '../../domain/request-form.js'
import { stepsOf } from '../../domain/rule.js'
import { RuleReader } from '../postgres/rule.reader.js'
import { getRequestForm } from './request-form.routes.js'

@Controller()
export class RequestFormController {
  constructor(
    private readonly reader: RuleReader,
    @Inject(PEOPLE) private readonly people: People,
  ) {}

  @Route(getRequestForm)
  async form({ principal }: RouteInput<typeof getRequestForm>) {
    const rule = await this.reader.forRole(principal.role)
    if (rule === null) {
      throw new Problem(
        'NO_RULE_FOR_ROLE',
        `Nobody has said yet how requests of the role ${principal.role} are decided. Ask your exceptions manager for a rule.`,
      )
    }
    return requestForm(rule, await this.people.expandEach(choicesOf(stepsOf(rule.workflow) ?? [])), principal.id)
  }
}
