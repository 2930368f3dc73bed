import { PERMISSIONS, type Permission } from '@reprieve/auth'
import type { Database } from '@reprieve/database'
import { sql } from 'kysely'
import type { Group, Person, Role } from './person.js'
import type { PeopleTables } from './tables.js'
import { lookUntil } from './wait.js'

const COLUMNS = ['id', 'name', 'email', 'role', 'active', 'kind'] as const
const KNOWN_PERMISSIONS: ReadonlySet<string> = new Set(PERMISSIONS)

/**
 * Who is who, from this service's own replica of the directory. Every answer is read from the database, so all processes of a service
 * agree and a deactivated person is inactive here as soon as the event has arrived. Ids are UUIDs; the caller has validated them.
 */
export class People {
  readonly #database: Database<PeopleTables>

  constructor(database: Database<PeopleTables>) {
    this.#database = database
  }

  /** Null where nobody with this id has been heard of. Inactive people are found, too. */
  async user(id: string): Promise<Person | null> {
    return (await this.users([id])).get(id) ?? null
  }

  /** Those of the ids that are known, active or not. */
  async users(ids: readonly string[]): Promise<Map<string, Person>> {
    if (ids.length === 0) return new Map()
    const rows = await this.#database.db
      .selectFrom('people_person')
      .select(COLUMNS)
      .where('id', '=', sql<string>`ANY(${[...new Set(ids)]}::uuid[])`)
      .execute()
    return new Map(rows.map((row) => [row.id, row]))
  }

  /** Names for display, of every id given: who is not known yet is shown by id, so that a list never fails over one name. */
  async names(ids: readonly string[]): Promise<Map<string, string>> {
    const known = await this.users(ids)
    return new Map(ids.map((id) => [id, known.get(id)?.name ?? id]))
  }

  /** The active people behind ids of users and groups, each once, by name. */
  async expand(candidateIds: readonly string[]): Promise<Person[]> {
    const [people = []] = await this.expandEach([candidateIds])
    return people
  }

  /** As `expand` for several lists at once (the steps of a workflow), in one query. */
  async expandEach(lists: ReadonlyArray<readonly string[]>): Promise<Person[][]> {
    const expanded: Person[][] = lists.map(() => [])
    const flat = lists.flatMap((ids, list) => ids.map((id) => ({ list, id })))
    if (flat.length === 0) return expanded
    const { rows } = await sql<Person & { list: number }>`
      WITH candidate AS (
        SELECT * FROM unnest(${flat.map(({ list }) => list)}::int[], ${flat.map(({ id }) => id)}::uuid[]) AS given(list, id)
      ), named AS (
        SELECT list, id FROM candidate
        UNION
        SELECT candidate.list, member.person_id
        FROM candidate JOIN people_person_group_member AS member ON member.group_id = candidate.id
      )
      SELECT named.list, person.id, person.name, person.email, person.role, person.active, person.kind
      FROM named JOIN people_person AS person USING (id)
      WHERE person.active
      ORDER BY named.list, lower(person.name), person.id`.execute(this.#database.db)
    for (const { list, ...person } of rows) expanded[list]?.push(person)
    return expanded
  }

  /** The groups a user is a member of, by name. */
  async groupsOf(userId: string): Promise<Group[]> {
    return await this.#database.db
      .selectFrom('people_person_group as group')
      .innerJoin('people_person_group_member as member', 'member.group_id', 'group.id')
      .select(['group.id', 'group.name'])
      .where('member.person_id', '=', userId)
      .orderBy('group.name')
      .orderBy('group.id')
      .execute()
  }

  /** Those of the ids that are groups. */
  async groups(ids: readonly string[]): Promise<Map<string, Group>> {
    if (ids.length === 0) return new Map()
    const rows = await this.#database.db
      .selectFrom('people_person_group')
      .select(['id', 'name'])
      .where('id', '=', sql<string>`ANY(${[...new Set(ids)]}::uuid[])`)
      .execute()
    return new Map(rows.map((row) => [row.id, row]))
  }

  async role(name: string): Promise<Role | null> {
    const row = await this.#database.db
      .selectFrom('people_person_role')
      .select(['name', 'permissions'])
      .where('name', '=', name)
      .executeTakeFirst()
    return row === undefined ? null : { name: row.name, permissions: knownPermissions(row.permissions) }
  }

  /** As `user`, waiting up to two seconds for someone not heard of yet. Never inside a transaction. */
  async waitForUser(id: string): Promise<Person | null> {
    return await lookUntil(
      () => this.user(id),
      (person) => person !== null,
    )
  }

  /** As `users`, waiting up to two seconds until all are known. Never inside a transaction. */
  async waitForUsers(ids: readonly string[]): Promise<Map<string, Person>> {
    const wanted = new Set(ids).size
    return await lookUntil(
      () => this.users(ids),
      (people) => people.size === wanted,
    )
  }

  /** As `role`, waiting up to two seconds for one not heard of yet. Never inside a transaction. */
  async waitForRole(name: string): Promise<Role | null> {
    return await lookUntil(
      () => this.role(name),
      (role) => role !== null,
    )
  }

  /**
   * Waits up to two seconds until each id is a known user or group. Never inside a transaction.
   * @returns the ids that are neither
   */
  async waitForCandidates(ids: readonly string[]): Promise<Set<string>> {
    return await lookUntil(
      () => this.#unknown(ids),
      (unknown) => unknown.size === 0,
    )
  }

  async #unknown(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set()
    const { rows } = await sql<{ id: string }>`
      SELECT DISTINCT given.id FROM unnest(${[...ids]}::uuid[]) AS given(id)
      WHERE NOT EXISTS (SELECT FROM people_person WHERE people_person.id = given.id)
        AND NOT EXISTS (SELECT FROM people_person_group WHERE people_person_group.id = given.id)`.execute(
      this.#database.db,
    )
    return new Set(rows.map((row) => row.id))
  }
}

/** A newer directory may know permissions that this service does not: nothing here asks for those. */
export function knownPermissions(names: readonly string[]): ReadonlySet<Permission> {
  return new Set(names.filter((name): name is Permission => KNOWN_PERMISSIONS.has(name)))
}
