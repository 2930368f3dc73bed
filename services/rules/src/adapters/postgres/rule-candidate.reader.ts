import type { Database } from '@reprieve/database'
import { type List, type PageRequest, readPage } from '@reprieve/http-kit'
import { sql } from 'kysely'
import type { RulesTables } from './tables.js'

export interface RuleCandidate {
  id: string
  type: 'user' | 'group'
  name: string
  /** Active people behind it. */
  people: number
}

export interface RuleCandidateFilters {
  type?: ReadonlyArray<RuleCandidate['type']> | undefined
  text?: string | undefined
}

/** Whom a rule can name, from the replica of the directory. */
export class RuleCandidateReader {
  readonly #db: Database<RulesTables>['db']

  constructor(database: Database<RulesTables>) {
    this.#db = database.db
  }

  async list({ type, text, ...page }: RuleCandidateFilters & PageRequest<'name'>): Promise<List<RuleCandidate>> {
    let query = this.#db.selectFrom(candidates.as('candidate')).select(['id', 'type', 'name', 'people'])
    if (type !== undefined) query = query.where('type', 'in', type)
    if (text !== undefined) query = query.where('searched', 'ilike', `%${text.replace(/[\\%_]/g, '\\$&')}%`)
    return await readPage(this.#db, query, page, {
      columns: { name: { by: sql`lower(candidate.name)`, type: 'text' } },
      id: 'candidate.id',
    })
  }
}

const candidates = sql<RuleCandidate & { searched: string }>`(
  SELECT id, 'user' AS type, name, 1 AS people, name || ' ' || email AS searched FROM people_person WHERE active
  UNION ALL
  SELECT id, 'group', name,
         (SELECT count(*)::int4 FROM people_person_group_member AS member JOIN people_person AS person ON person.id = member.person_id
          WHERE member.group_id = people_person_group.id AND person.active),
         name
  FROM people_person_group
)`
