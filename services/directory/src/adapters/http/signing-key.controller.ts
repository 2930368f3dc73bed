import { Controller, Inject } from '@nestjs/common'
import type { Database } from '@reprieve/database'
import { Problem, Route, type RouteInput, type WriteTransactions } from '@reprieve/http-kit'
import { DATABASE, WRITES } from '@reprieve/service-host'
import { SigningKeyService, type SigningKeyState } from '../../application/signing-key.service.js'
import type { DirectoryTables } from '../postgres/tables.js'
import { getKeySet, listSigningKeys, makeSigningKey, retireSigningKey } from './signing-key.routes.js'

const toKeyAnswer = ({ kid, signs, createdAt, retiredAt }: SigningKeyState) => ({
  kid,
  signs,
  createdAt: createdAt.toISOString(),
  retiredAt: retiredAt?.toISOString() ?? null,
})

@Controller()
export class SigningKeyController {
  constructor(
    @Inject(DATABASE) private readonly database: Database<DirectoryTables>,
    @Inject(WRITES) private readonly writes: WriteTransactions<DirectoryTables>,
    private readonly keys: SigningKeyService,
  ) {}

  @Route(getKeySet)
  async keySet(_input: RouteInput<typeof getKeySet>) {
    return { keys: (await this.keys.accepted(this.database.db)).map(({ publicJwk }) => publicJwk) }
  }

  @Route(listSigningKeys)
  async list(_input: RouteInput<typeof listSigningKeys>) {
    return { items: (await this.keys.list(this.database.db)).map(toKeyAnswer) }
  }

  @Route(makeSigningKey)
  async make(input: RouteInput<typeof makeSigningKey>) {
    return await this.writes.run(input, async (tx) => ({
      status: 201,
      body: toKeyAnswer(await this.keys.makeNext(tx, input.principal)),
    }))
  }

  @Route(retireSigningKey)
  async retire(input: RouteInput<typeof retireSigningKey>) {
    return await this.writes.run(input, async (tx) => {
      const key = await this.keys.retireNow(tx, input.principal, input.params.kid)
      if (key === null) throw new Problem('NOT_FOUND', 'There is no such key.')
      return { status: 204 }
    })
  }
}
