import { ADMIN_ROLE, type Permission, type Principal } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { violatedUnique } from '@reprieve/database'
import { etagOf, Problem, requireMatch } from '@reprieve/http-kit'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import { beyondAuthority } from '../domain/authority.js'
import { ceasesToAdminister, changed, type User, type UserChanges, type UserKind } from '../domain/user.js'
import { passwordChanged, tokenChange, userChange } from './directory-change.js'
import type { Actor, DirectoryJournal } from './directory-journal.js'
import type { RoleStore } from './role-store.port.js'
import type { TokenStore } from './token-store.port.js'
import type { UserStore } from './user-store.port.js'

export interface NewUser {
  email: string | null
  name: string
  role: string
  active: boolean
  kind: UserKind
  passwordHash: string | null
}

export type UserUpdate = Omit<UserChanges, 'password'> & { passwordHash?: string | undefined }

/** What of a caller decides what they may hand out. */
export type Manager = Pick<Principal, 'id' | 'name' | 'permissions'>

/** Creates and changes users. Passwords arrive hashed: that takes too long for a transaction. */
export class UserService {
  readonly #users: UserStore
  readonly #roles: RoleStore
  readonly #tokens: TokenStore
  readonly #journal: DirectoryJournal
  readonly #clock: Clock

  constructor(users: UserStore, roles: RoleStore, tokens: TokenStore, journal: DirectoryJournal, clock: Clock) {
    this.#users = users
    this.#roles = roles
    this.#tokens = tokens
    this.#journal = journal
    this.#clock = clock
  }

  /**
   * @param manager null for the system itself
   * @throws Problem ROLE_UNKNOWN, EMAIL_TAKEN, NOT_ALLOWED
   */
  async create(tx: Tx, manager: Manager | null, { passwordHash, ...given }: NewUser): Promise<User> {
    const now = this.#clock.now()
    const user: User = { ...given, id: uuidv7({ msecs: now.getTime() }), version: 1, createdAt: now }
    refuseBeyond(manager, await this.#permissions(tx, user.role))
    await storing(this.#users.insert(tx, user, passwordHash))
    await this.#journal.record(tx, actorOf(manager), now, userChange(user))
    return user
  }

  /**
   * Sets what is given. A new password or a deactivation ends the user's sessions; access tokens of somebody inactive count for nothing.
   * @throws Problem NOT_FOUND, PRECONDITION_FAILED, ROLE_UNKNOWN, EMAIL_TAKEN, LAST_ADMIN, NOT_ALLOWED, INVALID
   */
  async change(tx: Tx, manager: Manager, id: string, ifMatch: string | null, update: UserUpdate): Promise<User> {
    // Whoever might take an administrator away waits here for the others who might, so that two cannot each leave it to the other.
    if (update.role !== undefined || update.active === false) await this.#roles.findForChange(tx, ADMIN_ROLE)
    const before = await this.#users.findForChange(tx, id)
    if (before === null) throw new Problem('NOT_FOUND', 'There is no such user.')
    requireMatch(ifMatch, etagOf(before.version))
    const after = changed(before, update)
    refuseBeyond(manager, await this.#permissions(tx, before.role), await this.#permissions(tx, after.role))
    if (update.passwordHash !== undefined && after.kind === 'service') {
      throw new Problem('INVALID', 'A service user signs in with tokens, not with a password.', {
        errors: [{ pointer: '/password', detail: 'A service user has none.' }],
      })
    }
    if (ceasesToAdminister(before, after, ADMIN_ROLE) && (await this.#users.countActivePeople(tx, ADMIN_ROLE)) <= 1) {
      throw new Problem('LAST_ADMIN', 'This is the last active administrator: make somebody else one first.')
    }
    await storing(this.#users.update(tx, after))
    if (update.passwordHash !== undefined) await this.#users.setPasswordHash(tx, id, update.passwordHash)
    const now = this.#clock.now()
    const ended =
      update.passwordHash !== undefined || !after.active ? await this.#tokens.revokeSessions(tx, id, now, null) : []
    const renewed = update.passwordHash === undefined ? [] : [passwordChanged(after)]
    await this.#journal.record(tx, actorOf(manager), now, userChange(after), ...renewed, ...ended.map(tokenChange))
    return after
  }

  /** The owner's own new password; ends all sessions but the one it is changed in. @throws Problem NOT_FOUND */
  async changeOwnPassword(tx: Tx, owner: Principal, passwordHash: string): Promise<void> {
    const user = await this.#users.findForChange(tx, owner.id)
    if (user === null) throw new Problem('NOT_FOUND', 'There is no such user.')
    const now = this.#clock.now()
    await this.#users.setPasswordHash(tx, owner.id, passwordHash)
    const ended = await this.#tokens.revokeSessions(tx, owner.id, now, owner.tokenId)
    await this.#journal.record(tx, actorOf(owner), now, passwordChanged(user), ...ended.map(tokenChange))
  }

  async #permissions(tx: Tx, role: string): Promise<readonly Permission[]> {
    const found = await this.#roles.find(tx, role)
    if (found === null) {
      throw new Problem('ROLE_UNKNOWN', 'Make the role first, or take one that exists.', {
        errors: [{ pointer: '/role', detail: 'There is no such role.' }],
      })
    }
    return found.permissions
  }
}

const actorOf = (manager: Manager | null): Actor => manager && { id: manager.id, name: manager.name }

/** @throws Problem NOT_ALLOWED where the manager lacks what the others have */
export function refuseBeyond(manager: Manager | null, ...touched: ReadonlyArray<readonly Permission[]>): void {
  if (manager === null) return
  const beyond = beyondAuthority(manager.permissions, ...touched)
  if (beyond.length > 0) {
    throw new Problem('NOT_ALLOWED', `This takes permissions that you do not have yourself: ${beyond.join(', ')}.`)
  }
}

async function storing(write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (violatedUnique(error) !== 'app_user_email_unique') throw error
    throw new Problem(
      'EMAIL_TAKEN',
      'Each address belongs to one user, whatever its case; an inactive one counts, too.',
      {
        errors: [{ pointer: '/email', detail: 'Somebody has this address.' }],
      },
    )
  }
}
