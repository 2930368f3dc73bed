import type { Database } from '@reprieve/database'
import type { OutboxTables } from '@reprieve/outbox'
import type { PeopleTables } from '@reprieve/people'
import type { Kysely, Transaction } from 'kysely'
import type { DB } from './tables.gen.js'

/** All that scope's database holds for it: its own tables, the outbox and the replica of the directory. */
export type ScopeTables = DB & OutboxTables & PeopleTables

export type ScopeDatabase = Database<ScopeTables>

export type Tx = Transaction<ScopeTables>

/** The database itself, or a transaction on it. */
export type Db = Kysely<ScopeTables>
