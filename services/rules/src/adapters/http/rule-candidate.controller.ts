import { Controller } from '@nestjs/common'
import { Route, type RouteInput } from '@reprieve/http-kit'
import { RuleCandidateReader } from '../postgres/rule-candidate.reader.js'
import { listRuleCandidates } from './rule-candidate.routes.js'

@Controller()
export class RuleCandidateController {
  constructor(private readonly reader: RuleCandidateReader) {}

  @Route(listRuleCandidates)
  async list({ query }: RouteInput<typeof listRuleCandidates>) {
    return await this.reader.list(query)
  }
}
