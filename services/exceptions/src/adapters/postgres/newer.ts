import { sql } from 'kysely'

/** Of an event: which life of its owner's database, and the how-manieth change of its subject. */
export interface Version {
  incarnation: number
  version: number
}

/** For the upsert of a read model: an event older than what is known changes nothing. */
export const newer = (table: 'known_rule' | 'known_query' | 'known_ticket_settings') =>
  sql<boolean>`(${sql.table(table)}.incarnation, ${sql.table(table)}.version) < (excluded.incarnation, excluded.version)`
