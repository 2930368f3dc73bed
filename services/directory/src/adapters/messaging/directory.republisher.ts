import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { Republisher } from '@reprieve/service-host'
import type { Kysely } from 'kysely'
import {
  type DirectoryChange,
  groupChange,
  roleChange,
  signingKeyChange,
  tokenChange,
  userChange,
} from '../../application/directory-change.js'
import type { SigningKeyStore } from '../../application/signing-key-store.port.js'
import { MEMBERS, toGroup } from '../postgres/group.repository.js'
import { toRole } from '../postgres/role.repository.js'
import type { DirectoryTables } from '../postgres/tables.js'
import { toToken } from '../postgres/token.repository.js'
import { toUser, USER_COLUMNS } from '../postgres/user.repository.js'

const BATCH = 500

/** Everything on `directory.v1` again, from the directory's own tables. */
export class DirectoryRepublisher implements Republisher<'directory.v1'> {
  readonly topic = 'directory.v1'
  readonly #db: Kysely<DirectoryTables>
  readonly #keys: SigningKeyStore
  readonly #clock: Clock

  constructor(database: Database<DirectoryTables>, keys: SigningKeyStore, clock: Clock) {
    this.#db = database.db
    this.#keys = keys
    this.#clock = clock
  }

  async *events() {
    for await (const changes of this.#changes()) {
      const at = this.#clock.now()
      yield changes.map((change) => ({ ...change, actor: null, at }))
    }
  }

  // Keys first: nobody can be let in without them. Then what people refer to, before what refers to it.
  async *#changes(): AsyncGenerator<DirectoryChange[]> {
    yield (await this.#keys.all(this.#db)).map(signingKeyChange)
    yield (await this.#db.selectFrom('role').selectAll().execute()).map((row) => roleChange(toRole(row)))
    yield* inBatches(
      (after) =>
        this.#db
          .selectFrom('app_user')
          .select(USER_COLUMNS)
          .where('id', '>', after)
          .orderBy('id')
          .limit(BATCH)
          .execute(),
      (row) => userChange(toUser(row)),
    )
    yield* inBatches(
      (after) =>
        this.#db
          .selectFrom('user_group')
          .selectAll()
          .select(MEMBERS)
          .where('id', '>', after)
          .orderBy('id')
          .limit(BATCH)
          .execute(),
      (row) => groupChange(toGroup(row)),
    )
    const now = this.#clock.now()
    yield* inBatches(
      (after) =>
        this.#db
          .selectFrom('token')
          .selectAll()
          .where('id', '>', after)
          .where('expires_at', '>', now)
          // Of sessions only those are told of that were ended.
          .where((where) => where.or([where('kind', '=', 'access'), where('revoked_at', 'is not', null)]))
          .orderBy('id')
          .limit(BATCH)
          .execute(),
      (row) => tokenChange(toToken(row)),
    )
  }
}

const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000'

async function* inBatches<Row extends { id: string }>(
  read: (after: string) => Promise<Row[]>,
  toChange: (row: Row) => DirectoryChange,
): AsyncGenerator<DirectoryChange[]> {
  let after = BEFORE_ALL_IDS
  for (;;) {
    const rows = await read(after)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
    yield rows.map(toChange)
  }
}
