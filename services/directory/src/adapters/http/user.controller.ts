import { Controller, Inject } from '@nestjs/common'
import { type Answer, etagOf, Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import { PasswordPolicy } from '../../application/password-policy.js'
import { UserService } from '../../application/user.service.js'
import type { User } from '../../domain/user.js'
import type { DirectoryTables } from '../postgres/tables.js'
import { UserReader } from '../postgres/user.reader.js'
import { changeUser, createUser, getUser, listUsers } from './user.routes.js'

export const toUserAnswer = (user: User) => ({
  id: user.id,
  email: user.email,
  name: user.name,
  role: user.role,
  active: user.active,
  kind: user.kind,
  createdAt: user.createdAt.toISOString(),
})

const answer = (status: number, user: User): Answer => ({
  status,
  body: toUserAnswer(user),
  headers: { etag: etagOf(user.version), ...(status === 201 ? { location: `/api/v1/users/${user.id}` } : {}) },
})

@Controller()
export class UserController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<DirectoryTables>,
    private readonly users: UserService,
    private readonly reader: UserReader,
    private readonly passwords: PasswordPolicy,
  ) {}

  @Route(listUsers)
  async list({ query }: RouteInput<typeof listUsers>) {
    const { items, ...rest } = await this.reader.list(query)
    return { items: items.map(toUserAnswer), ...rest }
  }

  @Route(getUser)
  async get({ params }: RouteInput<typeof getUser>) {
    const user = await this.reader.find(params.id)
    if (user === null) throw new Problem('NOT_FOUND', 'There is no such user.')
    return answer(200, user)
  }

  @Route(createUser)
  async create(input: RouteInput<typeof createUser>) {
    const { password, email, ...given } = input.body
    const passwordHash = password === undefined ? null : await this.passwords.hash(password, '/password')
    return await this.writes.run(input, async (tx) =>
      answer(201, await this.users.create(tx, input.principal, { ...given, email: email ?? null, passwordHash })),
    )
  }

  @Route(changeUser)
  async change(input: RouteInput<typeof changeUser>) {
    const { password, ...changes } = input.body
    const passwordHash = password === undefined ? undefined : await this.passwords.hash(password, '/password')
    return await this.writes.run(input, async (tx) =>
      answer(
        200,
        await this.users.change(tx, input.principal, input.params.id, input.ifMatch, { ...changes, passwordHash }),
      ),
    )
  }
}
