import type { Clock } from '@reprieve/clock'
import { violatedUnique } from '@reprieve/database'
import { etagOf, Problem, requireMatch } from '@reprieve/http-kit'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../adapters/postgres/tables.js'
import type { Group } from '../domain/group.js'
import { groupChange } from './directory-change.js'
import type { Actor, DirectoryJournal } from './directory-journal.js'
import type { GroupStore } from './group-store.port.js'
import type { UserStore } from './user-store.port.js'

type Manager = NonNullable<Actor>

/** Makes and changes groups. */
export class GroupService {
  readonly #groups: GroupStore
  readonly #users: UserStore
  readonly #journal: DirectoryJournal
  readonly #clock: Clock

  constructor(groups: GroupStore, users: UserStore, journal: DirectoryJournal, clock: Clock) {
    this.#groups = groups
    this.#users = users
    this.#journal = journal
    this.#clock = clock
  }

  /** @throws Problem NAME_TAKEN, USER_UNKNOWN */
  async create(tx: Tx, manager: Manager, name: string, members: readonly string[]): Promise<Group> {
    const now = this.#clock.now()
    const group: Group = {
      id: uuidv7({ msecs: now.getTime() }),
      name,
      members: await this.#existing(tx, members),
      version: 1,
      createdAt: now,
    }
    await storing(this.#groups.insert(tx, group))
    await this.#journal.record(tx, manager, now, groupChange(group))
    return group
  }

  /** @throws Problem NOT_FOUND, PRECONDITION_FAILED, NAME_TAKEN, USER_UNKNOWN */
  async change(
    tx: Tx,
    manager: Manager,
    id: string,
    ifMatch: string | null,
    changes: { name?: string | undefined; members?: readonly string[] | undefined },
  ): Promise<Group> {
    const before = await this.#groups.findForChange(tx, id)
    if (before === null) throw new Problem('NOT_FOUND', 'There is no such group.')
    requireMatch(ifMatch, etagOf(before.version))
    const after: Group = {
      ...before,
      name: changes.name ?? before.name,
      members: changes.members === undefined ? before.members : await this.#existing(tx, changes.members),
      version: before.version + 1,
    }
    await storing(this.#groups.update(tx, after))
    await this.#journal.record(tx, manager, this.#clock.now(), groupChange(after))
    return after
  }

  async #existing(tx: Tx, members: readonly string[]): Promise<string[]> {
    const unknown = await this.#users.unknown(tx, members)
    if (unknown.size === 0) return [...new Set(members)].sort()
    throw new Problem('USER_UNKNOWN', 'Not every member is a user.', {
      errors: members.flatMap((id, index) =>
        unknown.has(id) ? [{ pointer: `/members/${index}`, detail: 'There is no such user.' }] : [],
      ),
    })
  }
}

async function storing(write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (violatedUnique(error) !== 'user_group_name_unique') throw error
    throw new Problem('NAME_TAKEN', 'There is a group of this name, perhaps in another case.', {
      errors: [{ pointer: '/name', detail: 'There is a group of this name.' }],
    })
  }
}
