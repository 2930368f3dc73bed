import { Controller, Inject } from '@nestjs/common'
import { can } from '@reprieve/auth'
import { type Answer, Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { WRITES } from '@reprieve/service-host'
import { TokenService } from '../../application/token.service.js'
import type { Token } from '../../domain/token.js'
import type { DirectoryTables } from '../postgres/tables.js'
import { TokenReader } from '../postgres/token.reader.js'
import { createToken, listTokens, revokeToken } from './token.routes.js'

const toTokenAnswer = (token: Token) => ({
  id: token.id,
  name: token.name ?? '',
  userId: token.userId,
  permissions: token.permissions,
  createdAt: token.createdAt.toISOString(),
  expiresAt: token.expiresAt.toISOString(),
  revokedAt: token.revokedAt?.toISOString() ?? null,
})

/** What a repeated request is answered with: the secret is kept nowhere. */
const withoutToken = (answer: Answer): Answer => ({ ...answer, body: { ...(answer.body as object), token: null } })

@Controller()
export class TokenController {
  constructor(
    @Inject(WRITES) private readonly writes: WriteTransactions<DirectoryTables>,
    private readonly tokens: TokenService,
    private readonly reader: TokenReader,
  ) {}

  @Route(listTokens)
  async list({ query, principal }: RouteInput<typeof listTokens>) {
    const { userId = principal.id, ...page } = query
    if (!can(principal, 'token.read', { ownerId: userId })) {
      throw new Problem('NOT_ALLOWED', 'These tokens are shown to their owner and to whoever manages users.')
    }
    const { items, ...rest } = await this.reader.list(userId, page)
    return { items: items.map(toTokenAnswer), ...rest }
  }

  @Route(createToken)
  async create(input: RouteInput<typeof createToken>) {
    const { name, expiresAt, permissions = null, userId = null } = input.body
    return await this.writes.run(
      input,
      async (tx) => {
        const asked = { name, expiresAt: new Date(expiresAt), permissions, userId }
        const { token, text } = await this.tokens.create(tx, input.principal, asked)
        return { status: 201, body: { ...toTokenAnswer(token), token: text } }
      },
      { kept: withoutToken },
    )
  }

  @Route(revokeToken)
  async revoke(input: RouteInput<typeof revokeToken>) {
    return await this.writes.run(input, async (tx) => {
      await this.tokens.revoke(tx, input.principal, input.params.id)
      return { status: 204 }
    })
  }
}
