import { ADMIN_ROLE, BUILT_IN_ROLES } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import type { Database } from '@reprieve/database'
import type { DirectoryTables, Tx } from '../adapters/postgres/tables.js'
import { inOrder, type Role } from '../domain/role.js'
import { roleChange } from './directory-change.js'
import type { DirectoryJournal } from './directory-journal.js'
import type { PasswordPolicy } from './password-policy.js'
import type { RoleStore } from './role-store.port.js'
import type { SigningKeyService } from './signing-key.service.js'
import type { UserService } from './user.service.js'
import type { UserStore } from './user-store.port.js'

export interface FirstAdmin {
  email: string
  password: string
  name: string
}

/** What a start found missing and made. */
export interface StartReport {
  rolesMade: string[]
  adminMade: boolean
}

/**
 * Makes what must be there before anybody signs in: the built-in roles, a signing key, the first administrator. Every start runs it;
 * processes that start together take turns, and whoever comes second finds everything there.
 */
export class FirstStart {
  readonly #database: Database<DirectoryTables>
  readonly #roles: RoleStore
  readonly #users: UserStore
  readonly #userService: UserService
  readonly #keys: SigningKeyService
  readonly #passwords: PasswordPolicy
  readonly #journal: DirectoryJournal
  readonly #clock: Clock

  constructor(parts: {
    database: Database<DirectoryTables>
    roles: RoleStore
    users: UserStore
    userService: UserService
    keys: SigningKeyService
    passwords: PasswordPolicy
    journal: DirectoryJournal
    clock: Clock
  }) {
    this.#database = parts.database
    this.#roles = parts.roles
    this.#users = parts.users
    this.#userService = parts.userService
    this.#keys = parts.keys
    this.#passwords = parts.passwords
    this.#journal = parts.journal
    this.#clock = parts.clock
  }

  /**
   * @param admin made only while there is no user at all; null where none is wanted
   * @throws KeySealError where a signing key cannot be opened
   */
  async run(admin: FirstAdmin | null): Promise<StartReport> {
    const wanted = admin !== null && (await this.#users.isEmpty(this.#database.db)) ? admin : null
    const passwordHash = wanted === null ? null : await this.#passwords.hash(wanted.password, '/password')
    return await this.#database.transaction(async (tx) => {
      // Its lock makes processes that start together take turns for all of this.
      await this.#keys.checkSeals(tx)
      await this.#keys.tend(tx)
      const rolesMade = await this.#ensureRoles(tx)
      const adminMade = wanted !== null && (await this.#users.isEmpty(tx))
      if (adminMade) {
        const { email, name } = wanted
        await this.#userService.create(tx, null, {
          email,
          name,
          role: ADMIN_ROLE,
          active: true,
          kind: 'person',
          passwordHash,
        })
      }
      return { rolesMade, adminMade }
    })
  }

  /** A release may give a built-in role other permissions: those of this one hold from its start on. */
  async #ensureRoles(tx: Tx): Promise<string[]> {
    const now = this.#clock.now()
    const made: string[] = []
    for (const [name, allowed] of Object.entries(BUILT_IN_ROLES)) {
      const permissions = inOrder(allowed)
      const known = await this.#roles.findForChange(tx, name)
      if (known?.permissions.join() === permissions.join()) continue
      const role: Role = {
        name,
        permissions,
        builtIn: true,
        version: (known?.version ?? 0) + 1,
        createdAt: known?.createdAt ?? now,
      }
      if (known === null) await this.#roles.insert(tx, role)
      else await this.#roles.update(tx, role)
      await this.#journal.record(tx, null, now, roleChange(role))
      made.push(name)
    }
    return made
  }
}
