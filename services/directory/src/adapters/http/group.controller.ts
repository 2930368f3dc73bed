import { Controller, Inject } from '@nestjs/common'
import { type Answer, etagOf, Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import { GroupService } from '../../application/group.service.js'
import type { Group } from '../../domain/group.js'
import { GroupReader } from '../postgres/group.reader.js'
import type { DirectoryTables } from '../postgres/tables.js'
import { changeGroup, createGroup, getGroup, listGroups } from './group.routes.js'

const toGroupAnswer = (group: Group) => ({
  id: group.id,
  name: group.name,
  members: group.members,
  createdAt: group.createdAt.toISOString(),
})

const answer = (status: number, group: Group): Answer => ({
  status,
  body: toGroupAnswer(group),
  headers: { etag: etagOf(group.version), ...(status === 201 ? { location: `/api/v1/groups/${group.id}` } : {}) },
})

@Controller()
export class GroupController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<DirectoryTables>,
    private readonly groups: GroupService,
    private readonly reader: GroupReader,
  ) {}

  @Route(listGroups)
  async list({ query }: RouteInput<typeof listGroups>) {
    const { items, ...rest } = await this.reader.list(query)
    return { items: items.map(toGroupAnswer), ...rest }
  }

  @Route(getGroup)
  async get({ params }: RouteInput<typeof getGroup>) {
    const group = await this.reader.find(params.id)
    if (group === null) throw new Problem('NOT_FOUND', 'There is no such group.')
    return answer(200, group)
  }

  @Route(createGroup)
  async create(input: RouteInput<typeof createGroup>) {
    const { name, members } = input.body
    return await this.writes.run(input, async (tx) =>
      answer(201, await this.groups.create(tx, input.principal, name, members)),
    )
  }

  @Route(changeGroup)
  async change(input: RouteInput<typeof changeGroup>) {
    return await this.writes.run(input, async (tx) =>
      answer(200, await this.groups.change(tx, input.principal, input.params.id, input.ifMatch, input.body)),
    )
  }
}
