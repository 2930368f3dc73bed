import { can, type Permission, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { Problem } from '@reprieve/http-kit'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import { beyondAuthority } from '../domain/authority.js'
import { inOrder } from '../domain/role.js'
import { expiryFault, type Token } from '../domain/token.js'
import { tokenChange } from './directory-change.js'
import type { DirectoryJournal } from './directory-journal.js'
import type { RoleStore } from './role-store.port.js'
import type { SigningKeyService } from './signing-key.service.js'
import type { TokenStore } from './token-store.port.js'
import { refuseBeyond } from './user.service.js'
import type { UserStore } from './user-store.port.js'

export interface NewToken {
  name: string
  expiresAt: Date
  /** Null: all that the owner may do. */
  permissions: readonly Permission[] | null
  /** The service user that the token is for; null for the caller's own. */
  userId: string | null
}

/** Makes and revokes access tokens. */
export class TokenService {
  readonly #tokens: TokenStore
  readonly #users: UserStore
  readonly #roles: RoleStore
  readonly #keys: SigningKeyService
  readonly #journal: DirectoryJournal
  readonly #clock: Clock

  constructor(
    tokens: TokenStore,
    users: UserStore,
    roles: RoleStore,
    keys: SigningKeyService,
    journal: DirectoryJournal,
    clock: Clock,
  ) {
    this.#tokens = tokens
    this.#users = users
    this.#roles = roles
    this.#keys = keys
    this.#journal = journal
    this.#clock = clock
  }

  /**
   * @returns the token's record, and the token itself: the only time that it is seen
   * @throws Problem INVALID, USER_UNKNOWN, NOT_ALLOWED
   */
  async create(tx: Tx, maker: Principal, asked: NewToken): Promise<{ token: Token; text: string }> {
    // It could only make one that outlives it.
    if (maker.narrowed) throw new Problem('NOT_ALLOWED', 'A narrowed token cannot make tokens.')
    const now = this.#clock.now()
    const fault = expiryFault(asked.expiresAt, now)
    if (fault !== null) throw invalid('/expiresAt', `It ${fault}.`)
    const userId = await this.#owner(tx, maker, asked.userId)
    const owner = await this.#permissionsOf(tx, userId)
    // A service user's token acts with all of that user's power: only who has that power hands it out.
    if (userId !== maker.id) refuseBeyond(maker, asked.permissions ?? [...owner])
    const beyond = beyondAuthority(owner, asked.permissions ?? [])
    if (beyond.length > 0) {
      throw new Problem('INVALID', 'A token cannot allow more than its owner may do.', {
        errors: [{ pointer: '/permissions', detail: `The owner lacks ${beyond.join(', ')}.` }],
      })
    }
    const id = uuidv7({ msecs: now.getTime() })
    const permissions = asked.permissions && inOrder(asked.permissions)
    const { token: text, kid } = await this.#keys.sign(tx, {
      kind: 'access',
      tokenId: id,
      userId,
      permissions,
      issuedAt: now,
      expiresAt: asked.expiresAt,
    })
    const token: Token = {
      id,
      kind: 'access',
      userId,
      name: asked.name,
      permissions,
      kid,
      version: 1,
      createdAt: now,
      expiresAt: asked.expiresAt,
      revokedAt: null,
    }
    await this.#tokens.insert(tx, token)
    await this.#journal.record(tx, maker, now, tokenChange(token))
    return { token, text }
  }

  /** Revoking what was revoked before is no fault. @throws Problem NOT_FOUND, also for a token the caller has nothing to do with */
  async revoke(tx: Tx, principal: Principal, id: string): Promise<void> {
    const token = await this.#tokens.find(tx, id)
    const may = token?.kind === 'access' && can(principal, 'token.revoke', { ownerId: token.userId })
    if (!may) throw new Problem('NOT_FOUND', 'There is no such token.')
    const now = this.#clock.now()
    const revoked = await this.#tokens.revoke(tx, id, now)
    if (revoked !== null) await this.#journal.record(tx, principal, now, tokenChange(revoked))
  }

  async #owner(tx: Tx, maker: Principal, userId: string | null): Promise<string> {
    if (userId === null || userId === maker.id) return maker.id
    if (!can(maker, 'token.create', { ownerId: userId })) {
      throw new Problem('NOT_ALLOWED', 'Tokens of others are made with the permission users.manage.')
    }
    const user = await this.#users.find(tx, userId)
    if (user === null) {
      throw new Problem('USER_UNKNOWN', 'Make the service user first.', {
        errors: [{ pointer: '/userId', detail: 'There is no such user.' }],
      })
    }
    if (user.kind !== 'service') throw invalid('/userId', 'People make their own tokens.')
    if (!user.active) throw invalid('/userId', 'This user is not active.')
    return user.id
  }

  async #permissionsOf(tx: Tx, userId: string): Promise<ReadonlySet<Permission>> {
    const user = await this.#users.find(tx, userId)
    const role = user === null ? null : await this.#roles.find(tx, user.role)
    return new Set(role?.permissions)
  }
}

const invalid = (pointer: string, detail: string): Problem =>
  new Problem('INVALID', detail, { errors: [{ pointer, detail }] })
