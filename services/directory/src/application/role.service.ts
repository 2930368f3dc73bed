import type { Permission } from '@reprieve/auth'
import type { Clock } from '@reprieve/clock'
import { violatedUnique } from '@reprieve/database'
import { etagOf, Problem, requireMatch } from '@reprieve/http-kit'
import type { Tx } from '../adapters/postgres/tables.js'
import { inOrder, type Role } from '../domain/role.js'
import { roleChange } from './directory-change.js'
import type { DirectoryJournal } from './directory-journal.js'
import type { RoleStore } from './role-store.port.js'
import { type Manager, refuseBeyond } from './user.service.js'

/** Makes and changes custom roles. The built-in ones are the first start's. */
export class RoleService {
  readonly #roles: RoleStore
  readonly #journal: DirectoryJournal
  readonly #clock: Clock

  constructor(roles: RoleStore, journal: DirectoryJournal, clock: Clock) {
    this.#roles = roles
    this.#journal = journal
    this.#clock = clock
  }

  /** @throws Problem NAME_TAKEN, NOT_ALLOWED */
  async create(tx: Tx, manager: Manager, name: string, permissions: readonly Permission[]): Promise<Role> {
    refuseBeyond(manager, permissions)
    const now = this.#clock.now()
    const role: Role = { name, permissions: inOrder(permissions), builtIn: false, version: 1, createdAt: now }
    try {
      await this.#roles.insert(tx, role)
    } catch (error) {
      if (!['role_pkey', 'role_name_unique'].includes(violatedUnique(error) ?? '')) throw error
      throw new Problem('NAME_TAKEN', 'There is a role of this name, perhaps in another case.', {
        errors: [{ pointer: '/name', detail: 'There is a role of this name.' }],
      })
    }
    await this.#journal.record(tx, manager, now, roleChange(role))
    return role
  }

  /** @throws Problem NOT_FOUND, ROLE_IS_BUILT_IN, PRECONDITION_REQUIRED, PRECONDITION_FAILED, NOT_ALLOWED */
  async change(
    tx: Tx,
    manager: Manager,
    name: string,
    ifMatch: string | null,
    permissions: readonly Permission[],
  ): Promise<Role> {
    const before = await this.#roles.findForChange(tx, name)
    if (before === null) throw new Problem('NOT_FOUND', 'There is no such role.')
    if (before.builtIn) throw new Problem('ROLE_IS_BUILT_IN', 'Make a role of your own with the permissions you want.')
    requireMatch(ifMatch, etagOf(before.version))
    refuseBeyond(manager, before.permissions, permissions)
    const after: Role = { ...before, permissions: inOrder(permissions), version: before.version + 1 }
    await this.#roles.update(tx, after)
    await this.#journal.record(tx, manager, this.#clock.now(), roleChange(after))
    return after
  }
}
