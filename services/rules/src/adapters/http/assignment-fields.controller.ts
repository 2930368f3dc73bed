import { Controller } from '@nestjs/common'
import { requestFields } from '@reprieve/assignment'
import { Route } from '@reprieve/http-kit'
import { describeFields } from '@reprieve/query'
import { listAssignmentFields } from './assignment-fields.routes.js'

@Controller()
export class AssignmentFieldsController {
  @Route(listAssignmentFields)
  async list() {
    return { items: describeFields(requestFields) }
  }
}
