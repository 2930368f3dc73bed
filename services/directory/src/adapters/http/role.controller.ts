import { Controller, Inject } from '@nestjs/common'
import { type Answer, etagOf, Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import { RoleService } from '../../application/role.service.js'
import type { Role } from '../../domain/role.js'
import { RoleReader } from '../postgres/role.reader.js'
import type { DirectoryTables } from '../postgres/tables.js'
import { changeRole, createRole, getRole, listRoles } from './role.routes.js'

const toRoleAnswer = ({ name, permissions, builtIn }: Role) => ({ name, permissions, builtIn })

const answer = (status: number, role: Role): Answer => ({
  status,
  body: toRoleAnswer(role),
  headers: {
    etag: etagOf(role.version),
    ...(status === 201 ? { location: `/api/v1/roles/${encodeURIComponent(role.name)}` } : {}),
  },
})

@Controller()
export class RoleController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<DirectoryTables>,
    private readonly roles: RoleService,
    private readonly reader: RoleReader,
  ) {}

  @Route(listRoles)
  async list({ query }: RouteInput<typeof listRoles>) {
    const { items, ...rest } = await this.reader.list(query)
    return { items: items.map(toRoleAnswer), ...rest }
  }

  @Route(getRole)
  async get({ params }: RouteInput<typeof getRole>) {
    const role = await this.reader.find(params.name)
    if (role === null) throw new Problem('NOT_FOUND', 'There is no such role.')
    return answer(200, role)
  }

  @Route(createRole)
  async create(input: RouteInput<typeof createRole>) {
    const { name, permissions } = input.body
    return await this.writes.run(input, async (tx) =>
      answer(201, await this.roles.create(tx, input.principal, name, permissions)),
    )
  }

  @Route(changeRole)
  async change(input: RouteInput<typeof changeRole>) {
    const { name } = input.params
    return await this.writes.run(input, async (tx) =>
      answer(200, await this.roles.change(tx, input.principal, name, input.ifMatch, input.body.permissions)),
    )
  }
}
